"""Figures of the product, measured and printed with the machine's name; never asserted as seconds in a test."""
