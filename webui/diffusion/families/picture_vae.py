"""The autoencoder between pictures and latents (Kingma & Welling 2014), the same for all families."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from accelerate import init_empty_weights
from diffusers.image_processor import VaeImageProcessor

from webui.diffusion.families.base import Latents


class PictureVae:
    """An autoencoder as diffusers loads it, with latents as the networks were trained on them.

    `channels` is how many channels the latents have, `scale` how many pixels a latent covers along a side. To an
    autoencoder for films a picture is a film of one frame.

    Args:
        vae: an `AutoencoderKL`, an `AutoencoderTiny` or one of their interface. (Any: diffusers' classes take their
            attributes at run time.)
        device: where it computes.
        dtype: of the latents. It computes in that of its own weights, and again in float32 where that is too coarse.
        encodes_finely: whether pictures are encoded in float32 at once.
    """

    def __init__(self, vae: Any, *, device: torch.device, dtype: torch.dtype, encodes_finely: bool = False) -> None:
        self.network = vae
        self._device = device
        self._dtype = dtype
        self._encodes_finely = encodes_finely
        config = vae.config
        self._for_films = "temperal_downsample" in config
        self.channels: int = config.z_dim if self._for_films else config.latent_channels
        self.scale: int = 2 ** (len(config.temperal_downsample) if self._for_films else _blocks(config) - 1)
        self._processor = VaeImageProcessor(vae_scale_factor=self.scale)

    @torch.inference_mode()
    def encode(self, pictures: torch.Tensor, generators: Sequence[torch.Generator] | None = None) -> Latents:
        """Pictures (batch, 3, height, width) from -1 to 1 to latents: sampled with generators, else the mean.

        Each picture is encoded by itself and sampled from its own generator, as diffusers' pipelines do; one picture
        for several generators is encoded once.
        """
        pictures = pictures.unsqueeze(2) if self._for_films else pictures
        pictures = pictures.to(self._device)
        finely = self._finer() if self._encodes_finely else None
        # As diffusers' pipelines have it: rounded as coarsely as ever, then encoded finely.
        encoded = _encoded(finely, pictures.to(self._dtype)) if finely is not None else _encoded(self.network, pictures)
        if not _are_numbers(encoded) and (finer := self._finer()) is not None:
            encoded = _encoded(finer, pictures)
        if hasattr(encoded[0], "latents"):
            latents = torch.cat([each.latents for each in encoded])
            latents = latents.expand(len(generators), -1, -1, -1) if generators and len(latents) == 1 else latents
        elif generators is None:
            latents = torch.cat([each.latent_dist.mode() for each in encoded])
        else:
            each_for = encoded * len(generators) if len(encoded) == 1 else encoded
            drawn = [each.latent_dist.sample(own) for each, own in zip(each_for, generators, strict=True)]
            latents = torch.cat(drawn)
        latents = latents.squeeze(2) if self._for_films else latents
        return self._scaled(latents.to(self._dtype))

    @torch.inference_mode()
    def decode(self, latents: Latents) -> np.ndarray:
        """Latents to pictures, uint8 (batch, height, width, 3), rounded as diffusers' image processor does.

        Autoencoders that overflow in half precision, which would give black pictures, decode again in float32.
        """
        decoded = self._decoded(self.network, latents)
        if not decoded.isfinite().all() and (finer := self._finer()) is not None:
            decoded = self._decoded(finer, latents)
        pictures = self._processor.postprocess(decoded, output_type="np")
        return (np.asarray(pictures) * 255).round().astype("uint8")

    def _decoded(self, network: Any, latents: Latents) -> torch.Tensor:
        unscaled = self._unscaled(latents.to(self._device, network.dtype))
        if self._for_films:
            return network.decode(unscaled.unsqueeze(2), return_dict=False)[0][:, :, 0]
        return network.decode(unscaled, return_dict=False)[0]

    def _finer(self) -> Any | None:
        """The network in float32, made for one call; None where it is that already.

        Its weights are converted where they are, so that it does not matter which hooks fetch those of the original.
        """
        if self.network.dtype not in (torch.float16, torch.bfloat16):
            return None
        with init_empty_weights():
            finer = type(self.network).from_config(self.network.config)
        weights = {name: each.to(self._device, torch.float32) for name, each in self.network.state_dict().items()}
        finer.load_state_dict(weights, assign=True)
        for name, value in vars(self.network).items():
            if name.startswith(("use_tiling", "use_slicing", "tile_")):
                setattr(finer, name, value)
        return finer.eval().requires_grad_(False)

    def _scaled(self, latents: torch.Tensor) -> torch.Tensor:
        """What the encoder gives as networks see it: shifted and scaled, all channels alike or each by its own."""
        config = self.network.config
        statistics = self._statistics(latents)
        if statistics is not None:
            mean, spread = statistics
            return (latents - mean) * config.get("scaling_factor", 1.0) / spread
        shift = getattr(config, "shift_factor", None)
        return (latents - shift if shift else latents) * config.scaling_factor

    def _unscaled(self, latents: torch.Tensor) -> torch.Tensor:
        config = self.network.config
        statistics = self._statistics(latents)
        if statistics is not None:
            mean, spread = statistics
            return latents * spread / config.get("scaling_factor", 1.0) + mean
        latents = latents / config.scaling_factor
        shift = getattr(config, "shift_factor", None)
        return latents + shift if shift else latents

    def _statistics(self, latents: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor] | None:
        """The mean and the spread of each channel, (1, channels, 1, 1) each, where the model gives them."""
        config = self.network.config
        mean, spread = getattr(config, "latents_mean", None), getattr(config, "latents_std", None)
        if mean is None or spread is None:
            return None
        each = (torch.tensor(values).reshape(1, -1, 1, 1).to(latents) for values in (mean, spread))
        return next(each), next(each)


def _blocks(config: Any) -> int:
    """How many stages an autoencoder has; each but the last halves the sides."""
    return len(getattr(config, "block_out_channels", None) or config.decoder_block_out_channels)


def _encoded(network: Any, pictures: torch.Tensor) -> list[Any]:
    """What the encoder says of each picture by itself."""
    moved = pictures.to(network.dtype)
    return [network.encode(moved[i : i + 1]) for i in range(len(moved))]


def _are_numbers(encoded: list[Any]) -> bool:
    said = (each.latents if hasattr(each, "latents") else each.latent_dist.mode() for each in encoded)
    return all(bool(each.isfinite().all()) for each in said)
