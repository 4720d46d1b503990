"""What to make: the request, the catalogue of samplers, the infotext. Pure Python; no torch, no I/O."""
