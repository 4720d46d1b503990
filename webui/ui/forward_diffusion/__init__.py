"""From any picture: the noise that is added to it, in pixels and in latents, and the way back."""

from webui.ui.forward_diffusion.forward_diffusion import forward_diffusion

__all__ = ["forward_diffusion"]
