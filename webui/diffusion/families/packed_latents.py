"""Latents as transformers of FLUX.1's kind read them: a row of tokens, each of two by two latents."""

import torch

from webui.diffusion.families.base import Latents


def packed(latents: Latents) -> torch.Tensor:
    """Latents (rows, channels, height, width), with even sides, to tokens (rows, height * width / 4, channels * 4)."""
    rows, channels, height, width = latents.shape
    pairs = latents.reshape(rows, channels, height // 2, 2, width // 2, 2)
    return pairs.permute(0, 2, 4, 1, 3, 5).reshape(rows, height * width // 4, channels * 4)


def unpacked(tokens: torch.Tensor, height: int, width: int) -> Latents:
    """Tokens (rows, height * width / 4, channels * 4) to latents (rows, channels, height, width)."""
    rows, _, width_of_token = tokens.shape
    pairs = tokens.reshape(rows, height // 2, width // 2, width_of_token // 4, 2, 2)
    return pairs.permute(0, 3, 1, 4, 2, 5).reshape(rows, width_of_token // 4, height, width)


def token_places(height: int, width: int, *, device: torch.device) -> torch.Tensor:
    """Where each token of latents (height, width) is: (tokens, 3), always 0, then its row and its column."""
    places = torch.zeros(height // 2, width // 2, 3, device=device)
    places[..., 1] += torch.arange(height // 2, device=device)[:, None]
    places[..., 2] += torch.arange(width // 2, device=device)[None, :]
    return places.reshape(-1, 3)


def text_places(tokens: int, *, device: torch.device) -> torch.Tensor:
    """Where each token of a text is: (tokens, 3), nowhere."""
    return torch.zeros(tokens, 3, device=device)
