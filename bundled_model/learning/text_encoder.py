"""Teaches the text encoder what sentences mean; the denoiser then listens to it, and it stays as it is.

From a denoiser's loss a text encoder learns its words slowly, and unlearns what the denoiser does not use yet: after
4,000 steps together, where the sun stands could be read from a sentence's states in half of all cases only. Asked
directly to name the attributes of the scene, it learns them in minutes; the heads that answer are thrown away.

Every state from the end token on is taught, the padding's too: a denoiser hears all 77 of them, and most are padding.
The state at the end token is also what others call the pooled one.
"""

import random
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from bundled_model.captions.lessons import lesson
from bundled_model.captions.tokenizer import END, MAX_TOKENS, START, tokenizer_in
from bundled_model.learning.stopping import Stop
from bundled_model.learning.training import Budget, Trainer, generator_for, to_fastest
from bundled_model.scenes.attributes import ATTRIBUTES, labels_of

BATCH = 128
PEAK_RATE = 2e-3
WORDS_FILE = "words.pt"
FULL_LENGTH_EVERY = 3
"""In one step of so many all 77 tokens are read; in the others only as many as the longest sentence has, and a few of
padding: half the time, and the padding's states are alike."""
PADDING = 8
SWAPPED_TOKENS = 0.02
"""Share of tokens that become any other: no sentence should hang on one of them."""


@dataclass(frozen=True, slots=True)
class TextSettings:
    """What the text encoder is."""

    width: int = 192
    layers: int = 2
    heads: int = 4
    seed: int = 32


def build_text_encoder(tokenizer: CLIPTokenizer, settings: TextSettings | None = None) -> CLIPTextModel:
    """An untrained text encoder: token numbers (n, 77) to states (n, 77, width)."""
    settings = settings or TextSettings()
    torch.manual_seed(settings.seed)
    ids = tokenizer.get_vocab()
    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(tokenizer),
            hidden_size=settings.width,
            intermediate_size=4 * settings.width,
            projection_dim=settings.width,
            num_hidden_layers=settings.layers,
            num_attention_heads=settings.heads,
            max_position_embeddings=MAX_TOKENS,
            hidden_act="gelu",
            bos_token_id=ids[START],
            eos_token_id=ids[END],
            pad_token_id=ids[END],
        )
    )


class CaptionReader(nn.Module):
    """The text encoder and one head an attribute, on one state of those that have heard the whole sentence."""

    def __init__(self, text: CLIPTextModel, end: int) -> None:
        """`end` is the number of the end token."""
        super().__init__()
        self.text = text
        self.end = end
        width = text.config.hidden_size
        self.heads = nn.ModuleList(nn.Linear(width, len(labels)) for labels in ATTRIBUTES.values())

    def forward(self, words: Tensor, behind_end: Tensor | int = 0) -> list[Tensor]:
        """Scores by attribute, from token numbers of shape (n, tokens), read so many tokens behind the end token."""
        return self.answers(self.text(input_ids=words).last_hidden_state, words, behind_end)

    def answers(self, states: Tensor, words: Tensor, behind_end: Tensor | int) -> list[Tensor]:
        """Scores by attribute, from all states, shape (n, tokens, width)."""
        places = (words == self.end).int().argmax(dim=1) + behind_end
        heard = states[torch.arange(len(words)), places.clamp(max=words.shape[1] - 1)]
        return [head(heard) for head in self.heads]


class CaptionLoss:
    """Cross-entropy of the attributes that are read from sentences, at their end and somewhere behind it."""

    def __init__(self, model: CaptionReader, tokenizer: CLIPTokenizer, batch: int = BATCH, seed: int = 41) -> None:
        """Ever new sentences, `batch` a step."""
        self.model = model
        self.tokenizer = tokenizer
        self.batch = batch
        self.seed = seed
        self.device = next(model.parameters()).device

    def __call__(self, step: int) -> Tensor:
        """Loss of one step (a scalar)."""
        rng = random.Random(f"{self.seed}/{step}")
        sentences, scenes = zip(*(lesson(rng) for _ in range(self.batch)), strict=True)
        words = self._swapped(self._tokens(list(sentences), whole=step % FULL_LENGTH_EVERY == 0), step)
        labels = labels_of(scenes).to(self.device)
        behind_end = torch.tensor([rng.randrange(1, words.shape[1]) for _ in scenes], device=self.device)
        words = words.to(self.device)
        with torch.autocast(self.device.type, dtype=torch.bfloat16):
            states = self.model.text(input_ids=words).last_hidden_state
            readings = [self.model.answers(states, words, places) for places in (0, behind_end)]
        losses = [
            functional.cross_entropy(score.float(), labels[:, column])
            for scores in readings
            for column, score in enumerate(scores)
        ]
        return torch.stack(losses).sum() / len(readings)

    def _tokens(self, sentences: list[str], *, whole: bool) -> Tensor:
        if not whole:
            # One token more than the longest sentence, so that each has its end.
            numbers = self.tokenizer(sentences, padding=True, truncation=True, max_length=MAX_TOKENS - PADDING)
            longest = len(numbers.input_ids[0]) + PADDING
        else:
            longest = MAX_TOKENS
        return self.tokenizer(
            sentences, padding="max_length", max_length=longest, truncation=True, return_tensors="pt"
        ).input_ids

    def _swapped(self, words: Tensor, step: int) -> Tensor:
        generator = generator_for(self.seed, step)
        others = torch.randint(len(self.tokenizer), words.shape, generator=generator)
        special = torch.tensor([self.tokenizer.bos_token_id, self.tokenizer.eos_token_id])
        kept = torch.isin(words, special) | torch.isin(others, special)
        swap = torch.rand(words.shape, generator=generator) < SWAPPED_TOKENS
        return torch.where(swap & ~kept, others, words)


def train_words(
    folder: Path, text: CLIPTextModel, tokenizer: CLIPTokenizer, budget: Budget, stop: Stop, *, batch: int = BATCH
) -> bool:
    """Train `text` for the budget, from `folder/words.pt` where it exists; whether the budget was used up."""
    torch.manual_seed(1)
    model = CaptionReader(text, tokenizer.get_vocab()[END])
    to_fastest(model)
    loss = CaptionLoss(model, tokenizer, batch)
    return Trainer(model, loss, folder / WORDS_FILE, peak_rate=PEAK_RATE, averaging=0.98).train(budget, stop)


def load_reader(folder: Path, settings: TextSettings | None = None) -> tuple[CaptionReader, CLIPTokenizer]:
    """The trained text encoder with its heads, in evaluation mode, and its tokenizer.

    Raises:
        FileNotFoundError: It has not been trained yet.
    """
    file = folder / WORDS_FILE
    if not file.exists():
        raise FileNotFoundError(f"there is no {file}: train the stage 'words' first")
    tokenizer = tokenizer_in(folder)
    reader = CaptionReader(build_text_encoder(tokenizer, settings), tokenizer.get_vocab()[END])
    reader.load_state_dict(torch.load(file, map_location="cpu", weights_only=True)["average"])
    return reader.eval(), tokenizer


def load_text_encoder(folder: Path, settings: TextSettings | None = None) -> CLIPTextModel:
    """The trained text encoder, in evaluation mode.

    Raises:
        FileNotFoundError: It has not been trained yet.
    """
    return load_reader(folder, settings)[0].text
