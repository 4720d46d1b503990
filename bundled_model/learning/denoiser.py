"""Trains the denoiser under the text encoder that steers it.

A U-Net on 32x32 latents: plain convolutions at 32x32 and 16x16, where attention would cost half of every step, and
attention to the words at 8x8. The sentence as a whole also joins the time embedding of every block.
"""

import random
from dataclasses import dataclass
from pathlib import Path

import torch
from diffusers import DDIMScheduler, UNet2DConditionModel
from torch import Tensor, nn
from torch.nn import functional
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from bundled_model.captions.grammar import training_caption
from bundled_model.captions.tokenizer import END, MAX_TOKENS, START, tokenizer_in
from bundled_model.learning.latents import LatentStore
from bundled_model.learning.text_encoder import load_words
from bundled_model.learning.training import Budget, Stop, Trainer, generator_for, to_fastest

DENOISER_FILE = "denoiser.pt"
LISTENING = ("time_emb_proj", "add_embedding", "attn2")
"""Where the denoiser takes in the sentence. At the rate of the rest, these weights hardly left their random start in
5,000 steps: what a sentence changes is small beside what differs between any two pictures."""
LATE_TIMES = 0.6
"""Exponent of the evenly spread share of the schedule: half of all times lie in its last third."""


@dataclass(frozen=True, slots=True)
class DenoiserSettings:
    """What denoiser and text encoder are, and how they are trained."""

    channels: tuple[int, int, int] = (64, 128, 256)
    text_width: int = 192
    text_layers: int = 2
    batch: int = 8
    pictures: int = 5000
    peak_rate: float = 1e-3
    averaging: float = 0.998
    focus_weight: float = 10.0
    """How much more a cell counts that the subject, sun or moon covers: together a tenth of a picture, but what people
    look for."""
    seed: int = 31


def build_denoiser(settings: DenoiserSettings) -> UNet2DConditionModel:
    """An untrained denoiser of latents, shape (n, 8, 32, 32), under text states (n, 77, text_width)."""
    torch.manual_seed(settings.seed)
    return UNet2DConditionModel(
        sample_size=32,
        in_channels=8,
        out_channels=8,
        block_out_channels=settings.channels,
        layers_per_block=1,
        down_block_types=("DownBlock2D", "DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D", "UpBlock2D"),
        cross_attention_dim=settings.text_width,
        # The name misleads: this is the number of heads.
        attention_head_dim=4,
        norm_num_groups=16,
        resnet_time_scale_shift="scale_shift",
        addition_embed_type="text",
        addition_embed_type_num_heads=4,
    )


def build_text_encoder(settings: DenoiserSettings, tokenizer: CLIPTokenizer) -> CLIPTextModel:
    """An untrained text encoder: token numbers (n, 77) to states (n, 77, text_width)."""
    torch.manual_seed(settings.seed + 1)
    ids = tokenizer.get_vocab()
    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(tokenizer),
            hidden_size=settings.text_width,
            intermediate_size=4 * settings.text_width,
            projection_dim=settings.text_width,
            num_hidden_layers=settings.text_layers,
            num_attention_heads=4,
            max_position_embeddings=MAX_TOKENS,
            hidden_act="gelu",
            bos_token_id=ids[START],
            eos_token_id=ids[END],
            pad_token_id=ids[END],
        )
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


class DenoiserLoss:
    """Mean squared error of the predicted velocity, over times spread within each batch, late ones more often.

    Most of what a sentence decides is decided where there is much noise; without it, a picture is easily read off.

    Cells that hold what captions name weigh more: a tenth of the picture would else be a tenth of the lesson.
    """

    def __init__(
        self, parts: nn.ModuleDict, tokenizer: CLIPTokenizer, store: LatentStore, settings: DenoiserSettings
    ) -> None:
        """`parts` holds 'unet' and 'text'."""
        self.parts = parts
        self.tokenizer = tokenizer
        self.store = store
        self.settings = settings
        self.scale = store.scale()
        self.device = next(parts.parameters()).device
        self.kept: Tensor = build_scheduler().alphas_cumprod

    def __call__(self, step: int) -> Tensor:
        """Loss of one step (a scalar)."""
        size = self.settings.batch
        generator = generator_for(self.settings.seed, step)
        latents, focus, scenes = self.store.batch(size, generator)
        rng = random.Random(f"{self.settings.seed}/{step}")
        words = encode_words(self.tokenizer, [training_caption(scene, rng) for scene in scenes]).to(self.device)
        noise = torch.randn(latents.shape, generator=generator)
        shares = (torch.arange(size) + torch.rand(size, generator=generator)) / size
        times = (shares**LATE_TIMES * len(self.kept)).long().clamp(max=len(self.kept) - 1)
        kept = self.kept[times].view(-1, 1, 1, 1)
        clean = self.scale * latents
        noisy = kept.sqrt() * clean + (1 - kept).sqrt() * noise
        velocity = kept.sqrt() * noise - (1 - kept).sqrt() * clean
        noisy = noisy.to(self.device, memory_format=torch.channels_last)
        with torch.autocast(self.device.type, dtype=torch.bfloat16):
            with torch.no_grad():
                states = self.parts["text"](input_ids=words).last_hidden_state
            predicted = self.parts["unet"](noisy, times.to(self.device), states).sample
        errors = functional.mse_loss(predicted.float(), velocity.to(self.device), reduction="none").mean(
            1, keepdim=True
        )
        weights = 1 + (self.settings.focus_weight - 1) * focus.to(self.device)
        return (weights * errors).sum() / weights.sum()


def encode_words(tokenizer: CLIPTokenizer, captions: list[str]) -> Tensor:
    """Token numbers, shape (n, 77), padded and cut as the pipeline does."""
    return tokenizer(
        captions, padding="max_length", max_length=MAX_TOKENS, truncation=True, return_tensors="pt"
    ).input_ids


def build_parts(settings: DenoiserSettings, tokenizer: CLIPTokenizer) -> nn.ModuleDict:
    """Denoiser and text encoder under the names 'unet' and 'text'."""
    return nn.ModuleDict({"unet": build_denoiser(settings), "text": build_text_encoder(settings, tokenizer)})


def text_of(parts: nn.ModuleDict) -> CLIPTextModel:
    """The text encoder among the parts."""
    text = parts["text"]
    assert isinstance(text, CLIPTextModel)
    return text


def train_denoiser(
    folder: Path, store: LatentStore, budget: Budget, stop: Stop, settings: DenoiserSettings | None = None
) -> bool:
    """Train for the budget, from `folder/denoiser.pt` where it exists; whether the budget was used up."""
    settings = settings or DenoiserSettings()
    tokenizer = tokenizer_in(folder)
    parts = build_parts(settings, tokenizer)
    load_words(folder, text_of(parts))
    parts["text"].requires_grad_(False)
    to_fastest(parts)
    loss = DenoiserLoss(parts, tokenizer, store, settings)
    trainer = Trainer(
        parts,
        loss,
        folder / DENOISER_FILE,
        peak_rate=settings.peak_rate,
        averaging=settings.averaging,
        faster=LISTENING,
    )
    return trainer.train(budget, stop)


def load_denoiser(
    folder: Path, settings: DenoiserSettings | None = None
) -> tuple[UNet2DConditionModel, CLIPTextModel, CLIPTokenizer]:
    """The trained denoiser and text encoder (averaged weights), and their tokenizer."""
    settings = settings or DenoiserSettings()
    tokenizer = tokenizer_in(folder)
    parts = build_parts(settings, tokenizer)
    state = torch.load(folder / DENOISER_FILE, map_location="cpu", weights_only=True)
    parts.load_state_dict(state["average"])
    unet = parts["unet"]
    assert isinstance(unet, UNet2DConditionModel)
    return unet.eval(), text_of(parts).eval(), tokenizer
