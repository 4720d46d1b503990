"""Teaches the text encoder what sentences mean; the denoiser then listens to it, and it stays as it is.

From a denoiser's loss a text encoder learns its words slowly, and unlearns what the denoiser does not use yet: after
4,000 steps together, where the sun stands could be read from a sentence's states in half of all cases only. Asked
directly to name the attributes of the scene, it learns them in minutes; the heads that answer are thrown away.

Every state from the end token on is taught, the padding's too: a denoiser hears all 77 of them, and most are padding.
"""

import random
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import CLIPTextModel, CLIPTokenizer

from bundled_model.captions.grammar import KEEP_SHARE, write_caption
from bundled_model.captions.tokenizer import END, MAX_TOKENS
from bundled_model.learning.training import Budget, Stop, Trainer, to_fastest
from bundled_model.scenes.attributes import ATTRIBUTES, labels_of
from bundled_model.scenes.scene import sample_scene
from bundled_model.scenes.usual import made_usual

BATCH = 64
PEAK_RATE = 1e-3
WORDS_FILE = "words.pt"


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
        states = self.text(input_ids=words).last_hidden_state
        places = (words == self.end).int().argmax(dim=1) + behind_end
        heard = states[torch.arange(len(words)), places.clamp(max=words.shape[1] - 1)]
        return [head(heard) for head in self.heads]


class CaptionLoss:
    """Cross-entropy of the attributes that are read from captions of trained scenes."""

    def __init__(self, model: CaptionReader, tokenizer: CLIPTokenizer, seed: int = 41) -> None:
        """Captions of ever new scenes."""
        self.model = model
        self.tokenizer = tokenizer
        self.seed = seed
        self.device = next(model.parameters()).device

    def __call__(self, step: int) -> Tensor:
        """Loss of one step (a scalar)."""
        rng = random.Random(f"{self.seed}/{step}")
        scenes = [made_usual(sample_scene(rng), rng) for _ in range(BATCH)]
        captions = [write_caption(scene, rng, keep=rng.choice((1.0, KEEP_SHARE, 0.3))) for scene in scenes]
        words = self.tokenizer(
            captions, padding="max_length", max_length=MAX_TOKENS, truncation=True, return_tensors="pt"
        ).input_ids
        labels = labels_of(scenes).to(self.device)
        behind_end = torch.tensor([rng.randrange(MAX_TOKENS) for _ in scenes], device=self.device)
        with torch.autocast(self.device.type, dtype=torch.bfloat16):
            scores = self.model(words.to(self.device), behind_end)
        losses = [functional.cross_entropy(score.float(), labels[:, column]) for column, score in enumerate(scores)]
        return torch.stack(losses).sum()


def train_words(folder: Path, text: CLIPTextModel, tokenizer: CLIPTokenizer, budget: Budget, stop: Stop) -> bool:
    """Train `text` for the budget, from `folder/words.pt` where it exists; whether the budget was used up."""
    model = CaptionReader(text, tokenizer.get_vocab()[END])
    to_fastest(model)
    loss = CaptionLoss(model, tokenizer)
    return Trainer(model, loss, folder / WORDS_FILE, peak_rate=PEAK_RATE, averaging=0.98).train(budget, stop)


def load_words(folder: Path, text: CLIPTextModel) -> bool:
    """Give `text` what it learned from captions; whether there was anything to give."""
    file = folder / WORDS_FILE
    if not file.exists():
        return False
    learned = torch.load(file, map_location="cpu", weights_only=True)["average"]
    text.load_state_dict({name.removeprefix("text."): v for name, v in learned.items() if name.startswith("text.")})
    return True
