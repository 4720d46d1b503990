"""Behaviour of Darkroom's own that goes through the hooks of extensions, as anybody's would."""
