"""Which weights: the catalogue (no torch) and safe loading (torch). No UI."""
