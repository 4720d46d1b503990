"""The small change of sentences: articles, plurals, counts, colours, and how parts are joined."""

import random

from bundled_model.captions.vocabulary import COLOURED_PARTS, COUNTS, PLURALS, PREPOSITIONS
from bundled_model.scenes.scene import Subject


def counted(noun: str, count: int) -> str:
    """The noun, in the plural for two or three: "boats with sails"."""
    if count == 1:
        return noun
    head, gap, rest = noun.partition(" with ")
    return _plural(head) + gap + rest


def _plural(noun: str) -> str:
    last = noun.rsplit(maxsplit=1)[-1]
    if last in PLURALS:
        return noun[: -len(last)] + PLURALS[last]
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "x", "ch", "sh")) else "s")


def coloured(subject: Subject, noun: str, colour: str, count: int, rng: random.Random) -> str:
    """Things of a colour, without article: "red houses", "houses with red walls"."""
    things = counted(noun, count)
    if rng.random() < 0.2 and subject in COLOURED_PARTS:
        return f"{things} with {colour} {rng.choice(COLOURED_PARTS[subject])}"
    if rng.random() < 0.05:
        return f"{things} in {colour}"
    return f"{colour} {things}"


def with_article(words: str, count: int, rng: random.Random, *, told: bool) -> str:
    """Words for one thing or more with a number or an article; a plain article names "one" too."""
    if count > 1 or (told and rng.random() < 0.25):
        return f"{rng.choice(COUNTS[count])} {words}".strip()
    article = "an" if words[0] in "aeiou" else "a"
    return rng.choice((f"{article} {words}", f"{article} {words}", words, f"the {words}"))


def joined(parts: list[str], rng: random.Random) -> str:
    """Mostly the first part first, else any order; joined by commas, 'with' or 'and', or by nothing at all."""
    head, rest = parts[:1], parts[1:]
    rng.shuffle(rest)
    parts = [*head, *rest]
    if rng.random() < 0.35:
        rng.shuffle(parts)
    if rng.random() < 0.06:
        return " ".join(parts)
    sentence = parts[0]
    for index, part in enumerate(parts[1:], start=1):
        if _begins_with_preposition(part):
            joints = (", ", " ", " ")
        else:
            joints = (", ", ", ", *[" and "] * (index == len(parts) - 1), *[" with "] * (index == 1))
        sentence += rng.choice(joints) + part
    return sentence


def opened(opening: str, sentence: str) -> str:
    """The opening before the sentence: "a drawing of a house", but "a drawing: in the middle a house"."""
    if opening and _begins_with_preposition(sentence):
        opening = opening.replace(" of ", ": ").replace(" with ", ": ")
    return opening + sentence


def _begins_with_preposition(words: str) -> bool:
    return words.split(maxsplit=1)[0] in PREPOSITIONS
