"""What a first visit finds typed already, and what it may click instead. All are prompts for the bundled model."""

FIRST_PROMPT = "a red sailboat on the sea at sunset, sun on the left"

EXAMPLES: tuple[tuple[str, str], ...] = (
    ("Sea at sunset", FIRST_PROMPT),
    ("Deer in autumn", "a watercolour of a deer in the autumn forest, early morning"),
    ("Three balloons", "a paper cut-out of three hot-air balloons over the mountains"),
    ("Castle in the snow", "pixel art of a castle in the snow at night, full moon on the left"),
)
"""A short name for the button, and the prompt."""
