"""What the text encoder reads from sentences, with how much certainty, and how often that is right."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from transformers import CLIPTokenizer

from bundled_model.captions.grammar import write_caption
from bundled_model.captions.lessons import fifty
from bundled_model.captions.tokenizer import MAX_TOKENS
from bundled_model.learning.text_encoder import CaptionReader, load_reader
from bundled_model.scenes.attributes import ATTRIBUTES, labels_of
from bundled_model.scenes.sampling import sample_scene

SERIES = 83
CAPTIONS = 2000
LAST = MAX_TOKENS
"""So far behind the end: the last of the padding."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read from one sentence: a label and its probability by attribute."""

    labels: dict[str, str]
    scores: dict[str, float]


@torch.inference_mode()
def probabilities(
    reader: CaptionReader, tokenizer: CLIPTokenizer, sentences: Sequence[str], behind_end: int = 0
) -> list[Tensor]:
    """By attribute, shape (n, labels), as read so many tokens behind the end of each sentence."""
    parts = []
    for start in range(0, len(sentences), 100):
        words = tokenizer(
            list(sentences[start : start + 100]),
            padding="max_length",
            max_length=MAX_TOKENS,
            truncation=True,
            return_tensors="pt",
        ).input_ids
        parts.append([score.softmax(dim=1) for score in reader(words, behind_end)])
    return [torch.cat(columns) for columns in zip(*parts, strict=True)]


def read_sentences(reader: CaptionReader, tokenizer: CLIPTokenizer, sentences: Sequence[str]) -> list[Reading]:
    """A reading of each sentence."""
    found = [shares.max(dim=1) for shares in probabilities(reader, tokenizer, sentences)]
    readings = []
    for row in range(len(sentences)):
        pairs = list(zip(ATTRIBUTES.items(), found, strict=True))
        labels = {name: labels[int(best.indices[row])] for (name, labels), best in pairs}
        readings.append(Reading(labels, {name: float(best.values[row]) for (name, _), best in pairs}))
    return readings


def caption_accuracy(
    reader: CaptionReader, tokenizer: CLIPTokenizer, count: int, behind_end: int = 0
) -> dict[str, float]:
    """Share of captions read right, in percent by attribute, with their mean (`mean`) and all at once (`all`).

    The captions name every attribute of combinations that are held out of training.
    """
    rng = random.Random(SERIES)
    scenes = [sample_scene(rng, held_out=True) for _ in range(count)]
    shares = probabilities(reader, tokenizer, [write_caption(scene, rng, keep=1.0) for scene in scenes], behind_end)
    right = torch.stack([share.argmax(dim=1) for share in shares], dim=1) == labels_of(scenes)
    figures = {name: 100 * float(right[:, column].float().mean()) for column, name in enumerate(ATTRIBUTES)}
    figures["mean"] = sum(figures.values()) / len(ATTRIBUTES)
    figures["all"] = 100 * float(right.all(dim=1).float().mean())
    return figures


def misread(reader: CaptionReader, tokenizer: CLIPTokenizer) -> tuple[list[tuple[str, str, str, str]], int]:
    """Of the fifty free sentences: (sentence, attribute, named, read) where misread; and how many are named."""
    sentences = fifty()
    readings = read_sentences(reader, tokenizer, [sentence.text for sentence in sentences])
    named = [
        (sentence.text, name, str(value), reading.labels[name])
        for sentence, reading in zip(sentences, readings, strict=True)
        for name, value in sentence.values
    ]
    return [row for row in named if row[2] != row[3]], len(named)


def report(folder: Path, sentences: Sequence[str]) -> str:
    """What is read from each sentence, or, where there are none, how well sentences are read.

    Raises:
        FileNotFoundError: The text encoder has not been trained yet.
    """
    reader, tokenizer = load_reader(folder)
    if not sentences:
        return _figures(reader, tokenizer)
    readings = read_sentences(reader, tokenizer, sentences)
    return "\n\n".join(_told(*pair) for pair in zip(sentences, readings, strict=True))


def _told(sentence: str, reading: Reading) -> str:
    lines = [
        f"  {name.replace('_', ' '):<14} {label.replace('_', ' '):<13} {100 * reading.scores[name]:5.1f} %"
        for name, label in reading.labels.items()
    ]
    return "\n".join([sentence, *lines])


def _figures(reader: CaptionReader, tokenizer: CLIPTokenizer) -> str:
    at_end = caption_accuracy(reader, tokenizer, CAPTIONS)
    at_last = caption_accuracy(reader, tokenizer, CAPTIONS, behind_end=LAST)
    lines = [f"| attribute | {CAPTIONS} held-out captions, at the end | at the last padding |", "|---|---|---|"]
    lines += [f"| {name.replace('_', ' ')} | {at_end[name]:.2f} % | {at_last[name]:.2f} % |" for name in at_end]
    wrong, named = misread(reader, tokenizer)
    right = named - len(wrong)
    lines += [
        "",
        f"Of the attributes that 50 free sentences name: {right} of {named} right, {100 * right / named:.1f} %",
    ]
    lines += [f"  {sentence}: {name} is {true}, read {read}" for sentence, name, true, read in wrong]
    return "\n".join(lines)
