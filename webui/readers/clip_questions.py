"""What CLIP models are asked: media, subjects, places, light, seasons and moods in common words. Pure; no torch."""

from functools import cache

from webui.readers.questions import Attribute, Label, Questions, SentencePart

_MEDIA = (
    "photograph", "black and white photograph", "oil painting", "watercolour painting", "ink drawing",
    "pencil drawing", "charcoal drawing", "pastel drawing", "woodcut print", "digital painting", "3D render",
    "pixel art image", "anime drawing", "comic book drawing", "cartoon", "poster", "paper collage", "mosaic",
    "stained glass window", "embroidery", "sculpture", "architectural drawing", "map", "logo", "screenshot",
)  # fmt: skip
_SUBJECTS = (
    "man", "woman", "child", "baby", "couple", "group of people", "crowd", "portrait", "pair of hands",
    "knight", "robot", "astronaut", "dragon", "dog", "cat", "horse", "cow", "sheep", "bird", "owl", "fish", "insect",
    "butterfly", "bear", "wolf", "fox", "deer", "rabbit", "elephant", "lion", "tiger", "snake", "camel", "tree",
    "flower", "bouquet of flowers", "mushroom", "fruit", "plate of food", "cake", "cup of coffee", "house", "cabin",
    "castle", "church", "tower", "lighthouse", "windmill", "bridge", "street", "road", "skyscraper", "room",
    "window", "car", "truck", "bicycle", "motorcycle", "train", "sailboat", "ship", "aeroplane", "hot-air balloon",
    "spaceship", "book", "clock", "chair", "lamp", "bottle", "musical instrument", "landscape", "abstract pattern",
)  # fmt: skip
_PLACES = (
    "on the sea", "at a lake", "at a river", "on a beach", "in the mountains", "in the hills", "in a desert",
    "in a forest", "in a jungle", "in a field", "in a garden", "in the snow", "in a city", "in a village",
    "in an old town", "in a room", "in a studio", "under water", "in the sky", "in space", "on a plain background",
)  # fmt: skip
_LIGHTS = (
    "soft daylight", "bright sunlight", "golden evening light", "sunrise light", "moonlight", "candlelight",
    "neon light", "studio light", "backlight", "dramatic light and shadow", "fog and haze", "overcast light",
    "darkness", "flat even light",
)  # fmt: skip
_WEATHER = (
    "a clear sky", "clouds", "rain", "falling snow", "fog", "a storm", "a rainbow", "stars", "northern lights", "none",
)  # fmt: skip
_MOODS = ("calm", "joyful", "gloomy", "mysterious", "romantic", "lonely", "majestic", "threatening", "playful")
_COLOURS = (
    "red", "orange", "yellow", "green", "turquoise", "blue", "purple", "pink", "brown", "black and white", "pastel",
    "many bright",
)  # fmt: skip


@cache
def clip_questions() -> Questions:
    """The questions; the model's own temperature tells the answers apart."""
    return Questions(
        attributes={
            "medium": _asked(_MEDIA, "{a}", "this is {a}", words="{a}"),
            "subject": _asked(_SUBJECTS, "a photo of {a}", "a picture of {a}", "a painting of {a}", words="{a}"),
            "place": _asked(_PLACES, "a picture taken {}", "a scene {}"),
            "light": _asked(_LIGHTS, "a picture in {}", "a scene with {}"),
            "weather": _asked(_WEATHER, "a picture with {}", "{} in the sky"),
            "mood": _asked(_MOODS, "a {} picture", "a {} scene"),
            "colours": _asked(_COLOURS, "a picture in {} colours", "mostly {} colours"),
        },
        sentence=tuple(
            SentencePart(needs=needs, text=text)
            for needs, text in (
                ("medium", "{medium} of {subject} {place}"),
                ("weather", "{weather}"),
                ("light", "{light}"),
                ("mood", "{mood} mood"),
                ("colours", "{colours} colours"),
            )
        ),
    )


def _asked(labels: tuple[str, ...], *sentences: str, words: str = "{}") -> Attribute:
    return Attribute(
        labels={
            label: Label(
                sentences=tuple(_filled(sentence, label) for sentence in sentences),
                words=() if label == "none" else (_filled(words, label),),
            )
            for label in labels
        }
    )


def _filled(sentence: str, label: str) -> str:
    if label == "none":
        return sentence.replace("{}", "nothing special")
    article = "an" if label[0] in "aeiou" else "a"
    return sentence.replace("{a}", f"{article} {label}").replace("{}", label)
