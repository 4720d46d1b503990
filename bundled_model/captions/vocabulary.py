"""The grammar's own words for every attribute. The first of each are the plainest; some are there twice: to come often.

Rarer words for the same things stand in `ideas/synonyms.txt`.
"""

from bundled_model.scenes.scene import Colour, Light, Place, Season, Sky, Style, Subject, Terrain, TimeOfDay

Words = tuple[str, ...]

SUBJECTS: dict[Subject, Words] = {
    Subject.SAILBOAT: ("sailboat", "sailboat", "sailing boat", "boat", "yacht", "sailing ship"),
    Subject.FISHING_BOAT: ("fishing boat", "fishing boat", "small fishing boat", "trawler", "fishing vessel"),
    Subject.HOUSE: ("house", "house", "cottage", "home", "farmhouse", "little house"),
    Subject.CABIN: ("cabin", "cabin", "log cabin", "wooden cabin", "hut", "wooden hut"),
    Subject.LIGHTHOUSE: ("lighthouse", "lighthouse", "beacon", "striped lighthouse", "tall lighthouse"),
    Subject.WINDMILL: ("windmill", "windmill", "mill", "old windmill", "wind mill"),
    Subject.CASTLE: ("castle", "castle", "fairy-tale castle", "palace", "fortress"),
    Subject.BALLOON: ("hot-air balloon", "hot air balloon", "balloon", "flying balloon"),
    Subject.TREE: ("tree", "tree", "big tree", "oak", "oak tree"),
    Subject.BRIDGE: ("bridge", "bridge", "stone bridge", "old bridge", "arched bridge"),
    Subject.CAMEL: ("camel", "camel", "dromedary"),
    Subject.DEER: ("deer", "deer", "stag", "roe deer"),
    Subject.BIRD: ("bird", "bird", "flying bird", "seagull", "gull"),
    Subject.FENCE: ("fence", "wooden fence", "picket fence", "old fence", "rail fence"),
    Subject.ROAD: ("road", "road", "winding road", "country road", "path", "long road"),
}
ON_A_RIVER = "boat"
"""On a river, a boat of no other name is a fishing boat: sailing boats are not drawn there."""
PLURALS = {"deer": "deer", "reindeer": "reindeer", "elk": "elk", "moose": "moose", "goose": "geese"}
"""Plurals that no rule makes."""
COUNTS: dict[int, Words] = {
    1: ("one", "1", "a single", "a lone", "a solitary", "just one", "only one"),
    2: ("two", "two", "2", "a pair of", "a couple of", "twin"),
    3: ("three", "three", "3", "a trio of", "some", "several", "a few", "many", "a group of", ""),
}
"""Counting words; the empty one is the bare plural: more than two are drawn as three."""
COLOURS: dict[Colour, Words] = {
    Colour.RED: ("red", "red", "red", "crimson", "scarlet", "bright red"),
    Colour.YELLOW: ("yellow", "yellow", "yellow", "golden", "gold", "bright yellow"),
    Colour.GREEN: ("green", "green", "green", "emerald", "bright green"),
    Colour.BLUE: ("blue", "blue", "blue", "navy blue", "bright blue"),
    Colour.PURPLE: ("purple", "purple", "purple", "violet", "lilac"),
    Colour.WHITE: ("white", "white", "white", "snow-white", "pure white"),
}
COLOURED_PARTS: dict[Subject, Words] = {
    Subject.SAILBOAT: ("sails", "sails", "sail"),
    Subject.FISHING_BOAT: ("hull",),
    Subject.HOUSE: ("walls",),
    Subject.LIGHTHOUSE: ("stripes",),
    Subject.CASTLE: ("roofs", "towers"),
    Subject.BALLOON: ("stripes",),
    Subject.TREE: ("leaves", "crown"),
}
"""What has the colour: "a castle with blue roofs"."""

TERRAINS: dict[Terrain, Words] = {
    Terrain.SEA: ("sea", "sea", "ocean", "open sea", "calm ocean", "waves"),
    Terrain.LAKE: ("lake", "lake", "calm lake", "lakeside", "lake shore", "pond"),
    Terrain.RIVER: ("river", "river", "winding river", "riverside", "river bank", "stream"),
    Terrain.BEACH: ("beach", "beach", "sandy beach", "shore", "seashore", "coast"),
    Terrain.HILLS: ("hills", "rolling hills", "countryside", "meadows", "grassy hills", "fields", "valley"),
    Terrain.MOUNTAINS: ("mountains", "mountains", "high mountains", "mountain range", "alps", "peaks"),
    Terrain.CANYON: ("canyon", "canyon", "red canyon", "gorge", "red rocks", "canyons"),
    Terrain.VOLCANO: ("volcano", "volcano", "smoking volcano", "fire mountain", "volcanoes"),
    Terrain.DESERT: ("desert", "desert", "sand dunes", "dunes", "sandy desert"),
    Terrain.FOREST: ("forest", "forest", "pine forest", "woods", "fir forest", "pine trees"),
    Terrain.CITY: ("city", "city", "city skyline", "town", "skyline", "skyscrapers"),
    Terrain.SNOW: ("snow", "snowy field", "snow field", "snowy plain", "arctic", "ice and snow"),
}
BESIDE: dict[Terrain, Words] = {
    Terrain.SEA: ("on the {}", "at the {}", "by the {}", "in the {}"),
    Terrain.LAKE: ("on the {}", "by the {}", "at a {}", "on a {}"),
    Terrain.RIVER: ("on the {}", "by the {}", "at a {}", "along the {}"),
    Terrain.BEACH: ("on the {}", "at the {}", "by the {}", "on a {}"),
    Terrain.HILLS: ("in the {}", "on {}", "among {}", "in the {}"),
    Terrain.MOUNTAINS: ("in the {}", "in front of {}", "before {}", "among {}"),
    Terrain.CANYON: ("in the {}", "in a {}", "at the {}", "before the {}"),
    Terrain.VOLCANO: ("at the {}", "in front of a {}", "before a {}", "near the {}", "below the {}"),
    Terrain.DESERT: ("in the {}", "in a {}", "on {}"),
    Terrain.FOREST: ("in the {}", "in a {}", "near the {}", "in front of a {}"),
    Terrain.CITY: ("in the {}", "in front of a {}", "in a {}", "before the {}"),
    Terrain.SNOW: ("in the {}", "in {}", "on {}", "in a {}"),
}
OVER: Words = ("over the {}", "above the {}", "over {}", "high above the {}", "in the sky over the {}")
"""Where what flies is."""
VERBS: dict[Subject, Words] = {
    Subject.SAILBOAT: ("sailing", "drifting", "floating"),
    Subject.FISHING_BOAT: ("floating", "drifting", "anchored"),
    Subject.BALLOON: ("flying", "floating", "drifting"),
    Subject.BIRD: ("flying", "soaring", "gliding"),
    Subject.CAMEL: ("standing", "walking", "resting"),
    Subject.DEER: ("standing", "grazing", "walking"),
    Subject.TREE: ("growing", "standing"),
    Subject.ROAD: ("winding", "leading"),
}
STANDING: Words = ("standing", "built")
"""What all other things do."""

TIMES: dict[TimeOfDay, Words] = {
    TimeOfDay.DAWN: (
        "at dawn",
        "dawn",
        "at sunrise",
        "sunrise",
        "early morning",
        "in the early morning",
        "at daybreak",
    ),
    TimeOfDay.DAY: ("by day", "day", "at noon", "in daylight", "during the day", "daytime", "in the afternoon"),
    TimeOfDay.SUNSET: ("at sunset", "sunset", "in the evening", "evening", "at dusk", "during sunset", "dusk"),
    TimeOfDay.NIGHT: ("at night", "night", "by night", "at midnight", "in the dark of night", "night time", "midnight"),
}
TIME_NOUNS: dict[TimeOfDay, Words] = {
    TimeOfDay.DAWN: ("dawn", "morning", "sunrise"),
    TimeOfDay.DAY: ("day", "day", "afternoon"),
    TimeOfDay.SUNSET: ("evening", "evening", "sunset"),
    TimeOfDay.NIGHT: ("night",),
}
"""For "a foggy autumn morning"."""
SKY_COLOURS: dict[TimeOfDay, Words] = {
    TimeOfDay.DAWN: ("pink sky", "rosy sky", "pale pink sky"),
    TimeOfDay.DAY: ("blue sky", "bright blue sky"),
    TimeOfDay.SUNSET: ("orange sky", "red sky", "glowing orange sky"),
    TimeOfDay.NIGHT: ("dark sky", "black sky", "night sky"),
}
"""They tell the time of day wherever no weather hides the sky."""
SEASONS: dict[Season, Words] = {
    Season.SPRING: ("in spring", "spring", "springtime", "in springtime", "spring blossoms", "in the spring"),
    Season.SUMMER: ("in summer", "summer", "summertime", "in summertime", "in the summer"),
    Season.AUTUMN: ("in autumn", "autumn", "in fall", "fall", "autumn leaves", "fall colors", "autumn colours"),
    Season.WINTER: ("in winter", "winter", "wintertime", "snow on the ground", "in the winter", "covered in snow"),
}
SEASON_ADJECTIVES: dict[Season, Words] = {
    Season.SPRING: ("spring", "blossoming", "springtime"),
    Season.SUMMER: ("summer", "summery"),
    Season.AUTUMN: ("autumn", "autumnal", "fall"),
    Season.WINTER: ("winter", "wintry", "snow-covered"),
}
"""For "an autumn forest"."""
SKIES: dict[Sky, Words] = {
    Sky.CLEAR: ("clear sky", "cloudless sky", "clear skies", "no clouds", "without clouds"),
    Sky.CLOUDS: ("clouds", "cloudy sky", "cloudy", "clouds in the sky", "fluffy clouds", "overcast"),
    Sky.STARS: ("stars", "starry sky", "many stars", "starry", "stars in the sky", "starlight"),
    Sky.AURORA: ("northern lights", "aurora", "aurora in the sky", "green aurora", "polar lights", "aurora borealis"),
    Sky.RAINBOW: ("rainbow", "a rainbow in the sky", "a rainbow", "colourful rainbow", "colorful rainbow"),
    Sky.RAIN: ("rain", "rainy", "in the rain", "raining", "it is raining", "rain falling", "rainy weather"),
    Sky.SNOWFALL: ("snowfall", "falling snow", "snow falling", "snowing", "it is snowing", "snowflakes"),
    Sky.FOG: ("fog", "foggy", "mist", "misty", "in the fog", "in thick fog", "foggy weather"),
    Sky.STORM: (
        "storm",
        "stormy",
        "thunderstorm",
        "lightning",
        "in a storm",
        "stormy weather",
        "thunder and lightning",
    ),
}
SKY_ADJECTIVES: dict[Sky, Words] = {
    Sky.CLEAR: ("clear", "cloudless"),
    Sky.CLOUDS: ("cloudy", "overcast"),
    Sky.STARS: ("starry", "starlit"),
    Sky.RAIN: ("rainy", "wet"),
    Sky.FOG: ("foggy", "misty"),
    Sky.STORM: ("stormy",),
}
"""For "a rainy night", "a misty forest"."""
LIGHTS: dict[Light, Words] = {
    Light.SUN: ("sun", "the sun", "sun in the sky", "the sun shining", "bright sun"),
    Light.MOON: ("full moon", "moon", "the full moon", "round moon", "the moon"),
    Light.CRESCENT: ("crescent moon", "crescent", "half moon", "thin moon", "the crescent moon"),
}
LIGHT_ADJECTIVES: dict[Light, Words] = {Light.SUN: ("sunny", "sunlit"), Light.MOON: ("moonlit",)}
"""For "a sunny day"."""
TIMED_SUNS: dict[TimeOfDay, Words] = {
    TimeOfDay.DAWN: ("rising sun", "morning sun"),
    TimeOfDay.DAY: ("midday sun", "noon sun"),
    TimeOfDay.SUNSET: ("setting sun", "evening sun"),
}
"""They tell the time of day too."""
NO_LIGHT: dict[bool, Words] = {
    False: ("no sun", "without sun", "without the sun"),
    True: ("no moon", "without moon", "moonless"),
}
"""By whether it is night."""
PLACES: dict[Place, Words] = {
    Place.LEFT: ("on the left", "left", "on the left side", "to the left", "at left", "on the left hand side"),
    Place.CENTRE: ("in the middle", "in the centre", "in the center", "centered", "in the middle of the picture"),
    Place.RIGHT: ("on the right", "right", "on the right side", "to the right", "at right", "on the right hand side"),
}
STYLE_OPENINGS: dict[Style, Words] = {
    Style.POSTER: ("a poster of ", "a flat poster of ", "a travel poster of ", "poster: "),
    Style.WATERCOLOUR: ("a watercolour of ", "a watercolor of ", "a watercolour painting of ", "watercolor: "),
    Style.PAPER: ("a paper cut-out of ", "a paper cutout of ", "a papercut of ", "paper art: "),
    Style.PIXEL: ("pixel art of ", "a pixel art picture of ", "pixel art: ", "a pixelated "),
    Style.INK: ("an ink drawing of ", "a drawing of ", "a pen and ink drawing of ", "ink drawing: "),
}
STYLES: dict[Style, Words] = {
    Style.POSTER: ("poster", "flat poster", "poster style", "travel poster", "as a poster", "flat colours"),
    Style.WATERCOLOUR: ("watercolour", "watercolor", "in watercolour", "watercolor painting", "painted in watercolors"),
    Style.PAPER: ("paper cut-out", "papercut", "paper art", "cut out of paper", "layered paper", "paper cutout style"),
    Style.PIXEL: ("pixel art", "in pixel art style", "pixelated", "pixel art style", "retro pixel art"),
    Style.INK: ("ink drawing", "in ink", "pen and ink", "ink", "drawn in ink", "ink sketch"),
}
OPENINGS: Words = ("a picture of ", "an image of ", "a view of ", "a scene with ", "there is ", "a landscape with ")
"""They say nothing about the style."""
PREPOSITIONS: Words = (
    *("at", "by", "in", "on", "during", "without", "among", "before", "near", "over", "above", "along", "below"),
    *("under", "to", "as", "drawn", "painted", "cut", "for", "with", "from", "of", "beneath", "through", "after"),
)
"""What begins with one of these can follow without a comma."""


def grammar_words() -> set[str]:
    """Every word that captions are made of, but for the rarer ones of `ideas/synonyms.txt`."""
    tables = [value for name, value in globals().items() if name.isupper()]
    texts: list[str] = []
    while tables:
        table = tables.pop()
        if isinstance(table, str):
            texts.append(table)
        elif isinstance(table, dict):
            tables += [*table.values(), *(key for key in table if isinstance(key, str))]
        elif isinstance(table, tuple):
            tables += table
    return {word.strip(",:{}") for text in texts for word in text.split()} - {""}
