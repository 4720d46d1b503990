"""Darkroom: a local web UI for diffusion image models that keeps every denoising step."""

__version__ = "0.1.0"
