"""Sentences for scenes: synonyms, free order of the parts, parts left out, articles or none, and now and then an idea.

What is named is always true of the picture; only what is usual is ever left out.
"""

import random
from typing import Any

from bundled_model.captions.careless import embellished
from bundled_model.captions.ideas import Idea, meanings_of, synonyms_of
from bundled_model.captions.phrases import coloured, counted, joined, opened, with_article
from bundled_model.captions.vocabulary import (
    BESIDE,
    COLOURS,
    LIGHT_ADJECTIVES,
    LIGHTS,
    NO_LIGHT,
    ON_A_RIVER,
    OPENINGS,
    OVER,
    PLACES,
    SEASON_ADJECTIVES,
    SEASONS,
    SKIES,
    SKY_ADJECTIVES,
    SKY_COLOURS,
    STANDING,
    STYLE_OPENINGS,
    STYLES,
    SUBJECTS,
    TERRAINS,
    TIME_NOUNS,
    TIMED_SUNS,
    TIMES,
    VERBS,
    Words,
)
from bundled_model.scenes.attributes import ATTRIBUTES
from bundled_model.scenes.scene import AIRBORNE, WEATHER, Light, Scene, Sky, Subject, Terrain, TimeOfDay
from bundled_model.scenes.usual import is_usual

EMPTY_SHARE = 0.1
"""Share of empty training captions: what classifier-free guidance contrasts a prompt with."""
KEEP_SHARE = 0.86
"""Share of captions' optional parts that are kept."""
IDEA_SHARE = 0.25
"""Share of training captions that tell a part of the scene as an idea, where there is one that is true of it."""
SYNONYM_SHARE = 0.2
"""Share of words that are a rarer synonym."""
_AFLOAT = (Subject.SAILBOAT, Subject.FISHING_BOAT, Subject.BRIDGE, *AIRBORNE)


def write_caption(scene: Scene, rng: random.Random, *, keep: float = KEEP_SHARE, idea: Idea | None = None) -> str:
    """A sentence that is true of the scene, and leaves out only what is usual.

    Args:
        scene: What the picture shows.
        rng: Chooses the words, their order, and what is left out.
        keep: Share of the usual parts named all the same; 1 names every attribute.
        idea: Stands in the sentence for the attributes that it names (see `fits`).

    Returns:
        Words; never empty (see `training_caption` for empty ones).
    """
    return _Teller(scene, rng, keep, idea).caption()


def fits(idea: Idea, scene: Scene) -> bool:
    """Whether the idea is true of the scene, and the rest of it can be told beside the idea.

    "The caravan" leaves no room to say what colour or how many: those that it does not name must be usual.
    """
    named = idea.named()
    if any(getattr(scene, name) != value for name, value in named.items()):
        return False
    fixed = [*(("count", "colour") if "subject" in named else ()), *(("light_place",) if "light" in named else ())]
    if "subject" in named and "light" in named:
        fixed.append("subject_place")
    return all(name in named or is_usual(scene, name) for name in fixed)


def training_caption(scene: Scene, rng: random.Random) -> str:
    """A caption for one training step: empty for one picture in ten."""
    if rng.random() < EMPTY_SHARE:
        return ""
    idea = None
    if rng.random() < IDEA_SHARE:
        fitting = [ideas for ideas in meanings_of(scene) if fits(ideas[0], scene)]
        idea = rng.choice(rng.choice(fitting)) if fitting else None
    keep = rng.choice((1.0, 1.0, KEEP_SHARE, 0.6, 0.2))
    return embellished(write_caption(scene, rng, keep=keep, idea=idea), rng)


class _Teller:
    """One caption in the making: `told` holds the attributes still to be named."""

    def __init__(self, scene: Scene, rng: random.Random, keep: float, idea: Idea | None) -> None:
        self.scene = scene
        self.rng = rng
        self.idea = idea
        self.told = {name for name in ATTRIBUTES if self._tells(name, keep)} - set(idea.named() if idea else ())

    def _tells(self, name: str, keep: float) -> bool:
        scene = self.scene
        if getattr(scene, name) in (None, Subject.NONE):
            return False
        if not is_usual(scene, name):
            return True
        if name in ("sky", "light"):
            # That there is nothing is rarely said, and in the rain nobody looks for the sun.
            hidden = name == "light" and scene.sky in WEATHER
            return not hidden and (keep == 1 or self.rng.random() < 0.5 * keep)
        return self.rng.random() < keep

    def caption(self) -> str:
        """All of it."""
        opening, style = self._style()
        parts = [part for part in (self._idea(), self._subject_and_terrain()) if part]
        parts += self._moment()
        if "sky" in self.told:
            parts.append(self._word(SKIES[self.scene.sky], self.scene.sky))
        if "light" in self.told:
            parts.append(self._light())
        if "season" in self.told and self.scene.season:
            parts.append(self._word(SEASONS[self.scene.season], self.scene.season))
        if not parts:
            parts = [self._terrain(self._terrain_words())] if not style else []
        if style:
            parts.append(style)
        return opened(opening, joined(parts, self.rng))

    def _chance(self, share: float) -> bool:
        return self.rng.random() < share

    def _take(self, name: str) -> bool:
        """Whether the attribute is still to be named; it is not afterwards."""
        taken = name in self.told
        self.told.discard(name)
        return taken

    def _word(self, own: Words, value: Any) -> str:
        rarer = synonyms_of(value)
        return self.rng.choice(rarer if rarer and self._chance(SYNONYM_SHARE) else own)

    def _style(self) -> tuple[str, str]:
        """The opening, and the words about the style if those come later."""
        style = self.scene.style
        if not self._take("style"):
            return (self.rng.choice(OPENINGS) if self._chance(0.15) else ""), ""
        if self._chance(0.6):
            return self.rng.choice(STYLE_OPENINGS[style]), ""
        return (self.rng.choice(OPENINGS) if self._chance(0.15) else ""), self._word(STYLES[style], style)

    def _idea(self) -> str:
        if not self.idea:
            return ""
        words, named = self.idea.text, self.idea.named()
        if "subject" in named and self._take("subject_place") and self.scene.subject_place:
            words += " " + self.rng.choice(PLACES[self.scene.subject_place])
        self.told -= {"light_place"} & set(named)
        return words

    def _subject_and_terrain(self) -> str:
        subject = self._subject()
        if "terrain" not in self.told:
            return subject
        words = self._terrain_words()
        self.told.discard("terrain")
        if subject and self._chance(0.75):
            return self._behind(subject, words)
        terrain = self._terrain(words)
        return ", ".join(self.rng.sample((subject, terrain), 2)) if subject else terrain

    def _subject(self) -> str:
        scene = self.scene
        if not self._take("subject"):
            return ""
        own = SUBJECTS[scene.subject]
        if scene.subject is Subject.FISHING_BOAT and scene.terrain is Terrain.RIVER:
            own = (*own, ON_A_RIVER)
        words = self._word(own, scene.subject)
        count = scene.count or 1
        if self._take("colour") and scene.colour:
            words = coloured(scene.subject, words, self._word(COLOURS[scene.colour], scene.colour), count, self.rng)
        else:
            words = counted(words, count)
        words = with_article(words, count, self.rng, told=self._take("count"))
        if self._take("subject_place") and scene.subject_place:
            place = self.rng.choice(PLACES[scene.subject_place])
            words = f"{place} {words}" if self._chance(0.08) else f"{words} {place}"
        return words

    def _terrain_words(self) -> str:
        """The land, mostly with what the season or the weather makes of it if that is still to be told."""
        scene = self.scene
        words = self._word(TERRAINS[scene.terrain], scene.terrain)
        if words.startswith(("the ", "a ", "an ")):
            return words
        if "season" in self.told and scene.season and self._chance(0.4):
            self.told.discard("season")
            return f"{self.rng.choice(SEASON_ADJECTIVES[scene.season])} {words}"
        if "sky" in self.told and scene.sky in (Sky.FOG, Sky.STORM, Sky.RAIN) and self._chance(0.25):
            self.told.discard("sky")
            return f"{self.rng.choice(SKY_ADJECTIVES[scene.sky])} {words}"
        return words

    def _behind(self, subject: str, words: str) -> str:
        """The subject in its land."""
        scene, rng = self.scene, self.rng
        named = words.startswith(("the ", "a ", "an "))
        if scene.subject in AIRBORNE and self._chance(0.7):
            places = OVER
        elif scene.terrain is Terrain.SEA and scene.subject not in _AFLOAT and self._chance(0.3):
            places = ("on an island in the {}", "on a small island in the {}")
        else:
            places = BESIDE[scene.terrain]
        place = rng.choice(places)
        if named:
            place = place.replace("the {}", "{}").replace("a {}", "{}")
        elif words.endswith("s"):
            place = place.replace("a {}", "the {}")
        verb = rng.choice(VERBS.get(scene.subject, STANDING)) + " " if self._chance(0.15) else ""
        return f"{subject} {verb}{place.format(words)}"

    def _terrain(self, words: str) -> str:
        if words.startswith(("the ", "a ", "an ")):
            return words
        return self.rng.choice((words, words, f"the {words}", words if " " in words else f"{words} landscape"))

    def _moment(self) -> list[str]:
        """The time of day, perhaps as in "a foggy autumn morning" or "the blue sky"."""
        scene, rng = self.scene, self.rng
        if not self._take("time"):
            return []
        if self._chance(0.35) and (words := self._adjectives()):
            words += " " + rng.choice(TIME_NOUNS[scene.time])
            article = "an" if words[0] in "aeiou" else "a"
            return [rng.choice((words, f"{article} {words}", f"on {article} {words}"))]
        if scene.sky not in WEATHER and self._chance(0.12):
            return [rng.choice(SKY_COLOURS[scene.time])]
        return [self._word(TIMES[scene.time], scene.time)]

    def _adjectives(self) -> str:
        scene, rng, words = self.scene, self.rng, []
        if "light" in self.told and "light_place" not in self.told and scene.light in LIGHT_ADJECTIVES:
            self.told.discard("light")
            words.append(rng.choice(LIGHT_ADJECTIVES[scene.light]))
        elif "sky" in self.told and scene.sky in SKY_ADJECTIVES:
            self.told.discard("sky")
            words.append(rng.choice(SKY_ADJECTIVES[scene.sky]))
        if "season" in self.told and scene.season and (not words or self._chance(0.6)):
            self.told.discard("season")
            words.append(rng.choice(SEASON_ADJECTIVES[scene.season]))
        return " ".join(words)

    def _light(self) -> str:
        scene = self.scene
        if scene.light is Light.NONE:
            return self.rng.choice(NO_LIGHT[scene.time is TimeOfDay.NIGHT])
        if scene.light is Light.SUN and self._chance(0.2):
            words = self.rng.choice(TIMED_SUNS[scene.time])
        else:
            words = self._word(LIGHTS[scene.light], scene.light)
        if self._take("light_place") and scene.light_place:
            words += " " + self.rng.choice(PLACES[scene.light_place])
        return words
