"""Trains the denoiser under the text encoder that steers it, which has learned its words before and stays as it is.

A U-Net on latents of 32x32 cells: plain convolutions at 32x32 and 16x16, where attention would cost half of every step,
and attention to the words at 8x8. The sentence as a whole also joins the time embedding of every block.
"""

from dataclasses import dataclass, field
from pathlib import Path

import torch
from diffusers import DDIMScheduler, UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor
from torch import Tensor
from torch.nn import functional
from transformers import CLIPTextModel

from bundled_model.drawing.canvas import Part
from bundled_model.learning.autoencoder import LATENT_CHANNELS
from bundled_model.learning.latents import LatentStore
from bundled_model.learning.parallel import world
from bundled_model.learning.stopping import Stop
from bundled_model.learning.text_encoder import TextSettings, load_text_encoder
from bundled_model.learning.training import Budget, Trainer, generator_for, to_fastest

DENOISER_FILE = "denoiser.pt"
MIDDLE_TIME, TIMES_SPREAD = -0.25, 1.5
"""Mean and deviation of the logit of the share of the schedule: half of all times lie from its 22 % to its 68 %."""
WEIGHTS = {Part.SUBJECT: 4.0, Part.LIGHT: 4.0, Part.CLOUD: 2.0}
"""How much more a cell counts that shows what people look for: together a tenth of a picture."""
LOOKED_AT = 256
"""Pictures by which the loss knows how loud each channel of the latents is; loud ones count more, as they show more."""


@dataclass(frozen=True, slots=True)
class DenoiserSettings:
    """What the denoiser is, and how it is trained."""

    channels: tuple[int, int, int] = (64, 128, 256)
    layers: int = 2
    """In every block alike, or diffusers cannot set the weights of LoRAs."""
    text: TextSettings = field(default_factory=TextSettings)
    batch: int = 24
    peak_rate: float = 5e-4
    matrix_rate: float = 0.01
    averaging: float = 0.999
    seed: int = 31


def build_denoiser(settings: DenoiserSettings) -> UNet2DConditionModel:
    """An untrained denoiser of latents, shape (n, 16, h/8, w/8), under text states (n, 77, text width)."""
    torch.manual_seed(settings.seed)
    return UNet2DConditionModel(
        sample_size=32,
        in_channels=LATENT_CHANNELS,
        out_channels=LATENT_CHANNELS,
        block_out_channels=settings.channels,
        layers_per_block=settings.layers,
        down_block_types=("DownBlock2D", "DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D", "UpBlock2D"),
        cross_attention_dim=settings.text.width,
        # The name misleads: this is the number of heads.
        attention_head_dim=4,
        norm_num_groups=16,
        resnet_time_scale_shift="scale_shift",
        addition_embed_type="text",
        addition_embed_type_num_heads=4,
    )


def build_scheduler() -> DDIMScheduler:
    """The noise schedule: v-prediction with no signal left at the last step, so that nights can be truly dark.

    Linear, as flat pictures show through a lot of noise: with the usual "scaled linear" betas the layout, and so the
    words, would matter in the first of 20 steps only.

    Source: Lin et al., Common Diffusion Noise Schedules and Sample Steps are Flawed, arXiv 2305.08891.
    """
    return DDIMScheduler(
        beta_start=0.0001,
        beta_end=0.02,
        beta_schedule="linear",
        prediction_type="v_prediction",
        rescale_betas_zero_snr=True,
        timestep_spacing="trailing",
        clip_sample=False,
        set_alpha_to_one=True,
        steps_offset=1,
    )


def denoiser_to_fastest(unet: UNet2DConditionModel) -> None:
    """As `to_fastest`, and with the attention that is fastest where it was moved."""
    to_fastest(unet)
    if unet.device.type == "cpu":
        # With 64 places to look at, plain products beat torch's fused attention there: a tenth of a step. Compiling
        # would save another tenth, but the gradients that torch 2.13 compiles of this network there are wrong.
        unet.set_attn_processor(AttnProcessor())


def times_at(shares: Tensor, steps: int) -> Tensor:
    """Times (whole, 0 to `steps` - 1) at evenly spread shares (0 to 1): logit-normal, most of them in the middle.

    A picture is easily read off where there is little noise, and where there is nothing else its mean is soon known; it
    is between the two that smears come about, which later steps take for part of the picture.

    Source: Esser et al., Scaling Rectified Flow Transformers for High-Resolution Image Synthesis, arXiv 2403.03206,
    section 3.1.
    """
    normal = torch.special.ndtri(shares)
    return (torch.sigmoid(MIDDLE_TIME + TIMES_SPREAD * normal) * steps).long().clamp(max=steps - 1)


class VelocityLoss:
    """Mean squared error of the predicted velocity, over times spread within each batch."""

    def __init__(self, text: CLIPTextModel, store: LatentStore, settings: DenoiserSettings) -> None:
        """Latents of `store` under its captions, as `text` hears them."""
        self.text = text
        self.store = store
        self.settings = settings
        self.scale = store.scale()
        self.kept: Tensor = build_scheduler().alphas_cumprod
        self.weights = torch.ones(len(Part))
        for part, weight in WEIGHTS.items():
            self.weights[part] = weight
        some, _, _ = store.batch(LOOKED_AT, generator_for(settings.seed, 0), 0)
        deviations = some.std(dim=(0, 2, 3))
        self.channels = (deviations / deviations.mean()).view(1, -1, 1, 1)

    def of(self, unet: UNet2DConditionModel, step: int) -> Tensor:
        """Loss of one step (a scalar)."""
        size = self.settings.batch
        generator = generator_for(self.settings.seed, step)
        # Processes that train together take a step of the same size, or one would wait for the other.
        shape = self.store.draw_size(generator_for(self.settings.seed, step // world()))
        latents, parts, tokens = self.store.batch(size, generator, shape)
        noise = torch.randn(latents.shape, generator=generator)
        shares = (torch.arange(size) + torch.rand(size, generator=generator)) / size
        times = times_at(shares, len(self.kept))
        errors = self._errors(unet, self.scale * latents, noise, times, tokens)
        weights = self.weights[parts.long()].to(errors.device)
        return (weights * errors).sum() / weights.sum()

    def _errors(self, unet: UNet2DConditionModel, clean: Tensor, noise: Tensor, times: Tensor, words: Tensor) -> Tensor:
        """Squared error of each cell, shape (n, h/8, w/8)."""
        kept = self.kept[times].view(-1, 1, 1, 1)
        noisy = kept.sqrt() * clean + (1 - kept).sqrt() * noise
        velocity = kept.sqrt() * noise - (1 - kept).sqrt() * clean
        device = unet.device
        noisy = noisy.to(device, memory_format=torch.channels_last)
        with torch.autocast(device.type, dtype=torch.bfloat16):
            with torch.no_grad():
                states = self.text(input_ids=words.to(device)).last_hidden_state
            predicted = unet(noisy, times.to(device), states).sample
        errors = functional.mse_loss(predicted.float(), velocity.to(device), reduction="none")
        return (errors * self.channels.to(device)).mean(1)


def train_denoiser(
    folder: Path, store: LatentStore, budget: Budget, stop: Stop, settings: DenoiserSettings | None = None
) -> bool:
    """Train for the budget, from `folder/denoiser.pt` where it exists; whether the budget was used up."""
    settings = settings or DenoiserSettings()
    text = load_text_encoder(folder, settings.text).requires_grad_(False)
    unet = build_denoiser(settings)
    to_fastest(text)
    denoiser_to_fastest(unet)
    loss = VelocityLoss(text, store, settings)
    trainer = Trainer(
        unet,
        lambda step: loss.of(unet, step),
        folder / DENOISER_FILE,
        peak_rate=settings.peak_rate,
        matrix_rate=settings.matrix_rate,
        averaging=settings.averaging,
    )
    return trainer.train(budget, stop)


def load_denoiser(folder: Path, settings: DenoiserSettings | None = None) -> UNet2DConditionModel:
    """The trained denoiser (averaged weights)."""
    unet = build_denoiser(settings or DenoiserSettings())
    state = torch.load(folder / DENOISER_FILE, map_location="cpu", weights_only=True)
    unet.load_state_dict(state["average"])
    return unet.eval()
