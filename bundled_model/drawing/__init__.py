"""Paints scenes with Skia: the sky, the land, the things in it, the weather before it, in a medium."""
