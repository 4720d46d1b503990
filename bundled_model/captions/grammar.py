"""Sentences for scenes: synonyms, free order of the parts, parts left out, articles or none.

Every part is optional in training, so a prompt may name only what matters; what is named is always true of the picture.
"""

import random

from bundled_model.scenes import usual
from bundled_model.scenes.scene import Colour, Light, Place, Scene, Sky, Subject, Terrain, TimeOfDay

EMPTY_SHARE = 0.1
"""Share of empty training captions: what classifier-free guidance contrasts a prompt with."""
KEEP_SHARE = 0.86
"""Share of captions' optional parts that are kept."""
FLOURISH_SHARE = 0.12
"""Share of captions with words of praise and style, which the model must learn to pass over."""

SUBJECTS: dict[Subject, tuple[str, ...]] = {
    Subject.SAILBOAT: ("sailboat", "sailboat", "sailing boat", "boat", "yacht", "sailing ship"),
    Subject.HOUSE: ("house", "house", "cottage", "cabin", "home", "hut"),
    Subject.LIGHTHOUSE: ("lighthouse", "lighthouse", "beacon", "striped lighthouse"),
    Subject.TREE: ("tree", "tree", "big tree", "lone tree", "oak"),
    Subject.BALLOON: ("hot air balloon", "hot-air balloon", "balloon", "flying balloon"),
    Subject.WINDMILL: ("windmill", "windmill", "mill", "old windmill"),
    Subject.CASTLE: ("castle", "castle", "fairy tale castle", "palace", "fortress"),
}
TERRAINS: dict[Terrain, tuple[str, ...]] = {
    Terrain.SEA: ("sea", "sea", "ocean", "open sea", "calm ocean"),
    Terrain.LAKE: ("lake", "lake", "calm lake", "lakeside", "lake shore"),
    Terrain.HILLS: ("hills", "green hills", "rolling hills", "countryside", "meadows", "grassy hills"),
    Terrain.MOUNTAINS: (
        "mountains",
        "mountains",
        "snowy peaks",
        "snowy mountains",
        "high mountains",
        "mountain range",
        "alps",
    ),
    Terrain.DESERT: ("desert", "desert", "sand dunes", "dunes", "sandy desert"),
    Terrain.CITY: ("city", "city", "city skyline", "town", "skyline", "skyscrapers"),
    Terrain.FOREST: ("forest", "forest", "pine forest", "woods", "pine trees", "fir forest"),
    Terrain.SNOW: ("snow", "snowy field", "snowy hills", "winter landscape", "snowy plain", "snow field"),
}
_BESIDE: dict[Terrain, tuple[str, ...]] = {
    Terrain.SEA: ("on the {}", "at the {}", "by the {}", "in the {}"),
    Terrain.LAKE: ("on the {}", "by the {}", "at a {}", "on a {}"),
    Terrain.HILLS: ("in the {}", "on {}", "among {}"),
    Terrain.MOUNTAINS: ("in the {}", "in front of {}", "before {}", "among {}"),
    Terrain.DESERT: ("in the {}", "in a {}", "on {}"),
    Terrain.CITY: ("in the {}", "in front of a {}", "in a {}", "over the {}"),
    Terrain.FOREST: ("in the {}", "in a {}", "near the {}", "in front of a {}"),
    Terrain.SNOW: ("in the {}", "in {}", "on {}", "in a {}"),
}
TIMES: dict[TimeOfDay, tuple[str, ...]] = {
    TimeOfDay.DAWN: ("at dawn", "dawn", "pink sky", "at sunrise", "sunrise", "early morning", "in the early morning"),
    TimeOfDay.DAY: ("by day", "day", "at noon", "in daylight", "sunny day", "during the day", "blue sky"),
    TimeOfDay.SUNSET: ("at sunset", "sunset", "orange sky", "in the evening", "evening", "at dusk", "during sunset"),
    TimeOfDay.NIGHT: ("at night", "night", "by night", "at midnight", "in the dark of night", "night time"),
}
SKIES: dict[Sky, tuple[str, ...]] = {
    Sky.CLEAR: ("clear sky", "cloudless sky", "empty sky"),
    Sky.CLOUDS: ("clouds", "cloudy sky", "cloudy", "clouds in the sky", "fluffy clouds"),
    Sky.BIRDS: ("birds", "birds in the sky", "flock of birds", "flying birds", "seagulls"),
    Sky.STARS: ("stars", "starry sky", "starry night", "many stars", "starry", "stars in the sky"),
    Sky.AURORA: ("northern lights", "aurora", "aurora in the sky", "green aurora", "polar lights"),
    Sky.RAINBOW: ("rainbow", "a rainbow in the sky", "a rainbow", "colourful rainbow"),
}
LIGHTS: dict[Light, tuple[str, ...]] = {
    Light.SUN: ("sun", "the sun", "sun in the sky"),
    Light.MOON: ("full moon", "moon", "the full moon", "round moon"),
    Light.CRESCENT: ("crescent moon", "crescent", "half moon", "thin moon"),
}
_NO_LIGHT: dict[bool, tuple[str, ...]] = {False: ("no sun", "without sun"), True: ("no moon", "without moon")}
COLOURS: dict[Colour, tuple[str, ...]] = {
    Colour.RED: ("red", "red", "crimson", "scarlet"),
    Colour.YELLOW: ("yellow", "yellow", "golden", "gold"),
    Colour.GREEN: ("green", "green", "emerald"),
    Colour.BLUE: ("blue", "blue", "navy blue"),
    Colour.WHITE: ("white", "white", "snow white"),
}
_PLACES: dict[Place, tuple[str, ...]] = {
    Place.LEFT: ("on the left", "left", "on the left side", "to the left", "at left"),
    Place.CENTRE: ("in the middle", "in the centre", "in the center", "centered", "in the middle of the picture"),
    Place.RIGHT: ("on the right", "right", "on the right side", "to the right", "at right"),
}
_PREPOSITIONS = ("at", "by", "in", "on", "during", "without", "among", "before", "near", "over", "above")
_OPENINGS = ("", "", "", "", "a picture of ", "a painting of ", "an illustration of ", "a postcard of ", "a poster of ")

_FLOURISHES = (
    *("beautiful", "masterpiece", "best quality", "high quality", "detailed", "highly detailed", "4k", "8k", "hd"),
    *("minimalist", "flat style", "vector art", "digital art", "illustration", "cinematic", "dreamy", "peaceful"),
    *("calm", "lovely", "colourful", "trending", "wallpaper", "soft light", "poster style", "landscape", "scenery"),
)


_AFLOAT = (Subject.SAILBOAT, Subject.BALLOON)


def _with_article(rng: random.Random, words: str) -> str:
    article = "an" if words[0] in "aeiou" else "a"
    return rng.choice((f"{article} {words}", f"{article} {words}", words, f"the {words}"))


def _subject_part(scene: Scene, rng: random.Random, keep: float) -> str:
    words = rng.choice(SUBJECTS[scene.subject])
    if scene.colour and (scene.colour is not usual.COLOURS[scene.subject] or rng.random() < keep):
        colour = rng.choice(COLOURS[scene.colour])
        words = {
            Subject.SAILBOAT: rng.choice((f"{colour} {words}", f"{words} with {colour} sails")),
            Subject.CASTLE: rng.choice((f"{colour} {words}", f"{words} with {colour} roofs")),
        }.get(scene.subject, f"{colour} {words}")
    words = _with_article(rng, words)
    if scene.subject_place and (scene.subject_place is not usual.SUBJECT_PLACE or rng.random() < keep):
        words += " " + rng.choice(_PLACES[scene.subject_place])
    return words


def _light_part(scene: Scene, rng: random.Random, keep: float) -> str:
    if scene.light is Light.NONE:
        return rng.choice(_NO_LIGHT[scene.time is TimeOfDay.NIGHT])
    words = rng.choice(LIGHTS[scene.light])
    if scene.light_place and (scene.light_place is not usual.LIGHT_PLACE or rng.random() < keep):
        words += " " + rng.choice(_PLACES[scene.light_place])
    return words


def _terrain_part(scene: Scene, rng: random.Random, *, follows_subject: bool) -> str:
    words = rng.choice(TERRAINS[scene.terrain])
    if follows_subject and scene.subject is Subject.BALLOON and rng.random() < 0.7:
        return rng.choice(("over the {}", "above the {}", "over {}", "flying over the {}")).format(words)
    if follows_subject and scene.terrain is Terrain.SEA and scene.subject not in _AFLOAT and rng.random() < 0.3:
        return rng.choice(("on an island in the {}", "on a small island in the {}")).format(words)
    if follows_subject:
        return rng.choice(_BESIDE[scene.terrain]).format(words)
    return rng.choice((words, words, f"the {words}", f"{words} landscape" if " " not in words else words))


def write_caption(scene: Scene, rng: random.Random, *, keep: float = KEEP_SHARE) -> str:
    """A sentence that is true of the scene, and leaves out only what is usual.

    Args:
        scene: What the picture shows.
        rng: Chooses the words, their order, and what is left out.
        keep: Share of the usual parts named all the same; 1 names every attribute.

    Returns:
        Lower-case words; never empty (see `training_caption` for empty ones).
    """
    has_subject = scene.subject is not Subject.NONE
    has_terrain = scene.terrain is not usual.terrain_of(scene.subject) or rng.random() < keep
    joined = has_subject and has_terrain and rng.random() < 0.7
    parts: list[str] = []
    if has_subject:
        parts.append(_subject_part(scene, rng, keep))
    if has_terrain:
        words = _terrain_part(scene, rng, follows_subject=joined)
        if joined:
            parts[0] += " " + words
        else:
            parts.append(words)
    time = rng.choice(TIMES[scene.time]) if scene.time is not usual.TIME or rng.random() < keep else None
    if time and parts and time.split()[0] in _PREPOSITIONS and rng.random() < 0.6:
        parts[-1] += " " + time
        time = None
    if time:
        parts.append(time)
    if scene.sky is not Sky.CLEAR or rng.random() < keep * keep * 0.6 + 0.4 * (keep == 1):
        parts.append(rng.choice(SKIES[scene.sky]))
    if scene.light is not Light.NONE or rng.random() < keep * 0.5 + 0.5 * (keep == 1):
        parts.append(_light_part(scene, rng, keep))
    if not parts:
        return _terrain_part(scene, rng, follows_subject=False)
    return _join(parts, rng)


def _join(parts: list[str], rng: random.Random) -> str:
    """Mostly the subject first, else any order; joined by commas, 'with' or 'and'."""
    head, rest = parts[:1], parts[1:]
    rng.shuffle(rest)
    parts = [*head, *rest]
    if rng.random() < 0.35:
        rng.shuffle(parts)
    sentence = rng.choice(_OPENINGS) + parts[0]
    for index, part in enumerate(parts[1:], start=1):
        joints = [", ", ", "]
        if part.split()[0] not in _PREPOSITIONS:
            joints += [" and "] * (index == len(parts) - 1) + [" with "] * (index == 1)
        sentence += rng.choice(joints) + part
    return sentence


def training_caption(scene: Scene, rng: random.Random) -> str:
    """A caption for one training step: empty for one picture in ten."""
    if rng.random() < EMPTY_SHARE:
        return ""
    caption = write_caption(scene, rng, keep=rng.choice((1.0, 1.0, KEEP_SHARE, 0.6)))
    if rng.random() < FLOURISH_SHARE:
        words = ", ".join(rng.sample(_FLOURISHES, rng.randint(1, 3)))
        caption = rng.choice((f"{caption}, {words}", f"{words}, {caption}"))
    return caption
