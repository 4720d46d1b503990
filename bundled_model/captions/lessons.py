"""Sentences with the scenes they mean, for who learns to read: captions, ideas, two of them together, and slips.

No combination that is held out for the measurements is ever among them.
"""

import random
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from bundled_model.captions.careless import embellished, misspelt, telegraphic, with_others
from bundled_model.captions.grammar import KEEP_SHARE, fits, write_caption
from bundled_model.captions.ideas import Idea, all_ideas, ideas_in, synonyms
from bundled_model.captions.vocabulary import grammar_words
from bundled_model.captions.words import common_words
from bundled_model.scenes.completing import completed
from bundled_model.scenes.sampling import holds_out, sample_scene
from bundled_model.scenes.scene import Scene, Style
from bundled_model.scenes.usual import made_usual

IDEA_LESSONS = 0.55
"""Share of lessons with an idea, and of these:"""
ALONE, WITH_ANOTHER = 0.35, 0.2
"""that idea alone, all else usual; a second idea beside it. The others have parts of the grammar beside them."""
MISSPELT, TELEGRAPHIC, WORDY = 0.06, 0.08, 0.12
"""Shares of all lessons with a slip of the pen, without small words, and with words that mean nothing here."""
_TRIES = 8
_FIFTY = Path(__file__).parent / "fifty.txt"


def fifty() -> list[Idea]:
    """Sentences for measuring, and what they name; never trained on."""
    return ideas_in(_FIFTY)


def lesson(rng: random.Random) -> tuple[str, Scene]:
    """A sentence, and the scene that it means."""
    text, scene = idea_lesson(rng) if rng.random() < IDEA_LESSONS else caption_lesson(rng)
    text = embellished(text, rng)
    if rng.random() < WORDY:
        text = with_others(text, other_words(), rng)
    if rng.random() < TELEGRAPHIC:
        text = telegraphic(text, rng)
    if rng.random() < MISSPELT:
        text = misspelt(text, rng)
    return text, scene


@cache
def other_words() -> tuple[str, ...]:
    """The words of `words.txt` that neither captions nor ideas hold."""
    meaning = " ".join((*grammar_words(), *(idea.text for idea in all_ideas()), *chain(*synonyms().values())))
    return tuple(word for word in common_words() if word not in set(meaning.split()))


def caption_lesson(rng: random.Random) -> tuple[str, Scene]:
    """A caption in the grammar's own words."""
    scene = made_usual(sample_scene(rng), rng)
    return write_caption(scene, rng, keep=rng.choice((1.0, KEEP_SHARE, 0.3, 0.0))), scene


def idea_lesson(rng: random.Random) -> tuple[str, Scene]:
    """A sentence with an idea in it."""
    while True:
        idea = rng.choice(all_ideas())
        kind = rng.random()
        second = _beside(idea, rng) if kind < WITH_ANOTHER else None
        both = _joined(idea, second, rng) if second else idea
        scene = _scene_of(both, rng, alone=kind < ALONE + WITH_ANOTHER)
        if scene:
            keep = 0.0 if kind < ALONE + WITH_ANOTHER else rng.choice((0.0, 0.3, KEEP_SHARE))
            return write_caption(scene, rng, keep=keep, idea=both), scene


def _beside(idea: Idea, rng: random.Random) -> Idea | None:
    """Another idea that speaks of other things."""
    taken = {name for name, _ in idea.values}
    for _ in range(_TRIES):
        other = rng.choice(all_ideas())
        if not taken & {name for name, _ in other.values}:
            return other
    return None


def _joined(first: Idea, second: Idea, rng: random.Random) -> Idea:
    texts = rng.sample((first.text, second.text), 2)
    return Idea(rng.choice((", ", ", ", ": ", " and ", " ")).join(texts), (*first.values, *second.values))


def _scene_of(idea: Idea, rng: random.Random, *, alone: bool) -> Scene | None:
    """A scene of which the idea is true, else usual (`alone`) or of any kind; none where all are held out."""
    named = idea.named()
    for number in range(_TRIES + 1):
        other = made_usual(sample_scene(rng), rng) if number < _TRIES and not alone else None
        scene = _completed(named, other)
        if scene and fits(idea, scene) and (trained := _in_training(scene, named, rng)):
            return trained
        if other is None:
            break
    return None


def _completed(named: Mapping[str, Any], other: Scene | None) -> Scene | None:
    try:
        return completed(named, other)
    except ValueError:
        return None


def _in_training(scene: Scene, named: Mapping[str, Any], rng: random.Random) -> Scene | None:
    """The scene, if need be in another style than the usual one, so that its combination is not held out."""
    styles = [scene.style] if "style" in named else [scene.style, *rng.sample(list(Style), len(Style))]
    drawn = (replace(scene, style=style) for style in styles)
    return next((one for one in drawn if not holds_out(one)), None)
