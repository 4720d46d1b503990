"""How a picture is made: families, samplers, the denoise loop, previews. Torch; no files, no UI."""
