"""What a first visit finds typed already, and what it may click instead. All are prompts for the bundled model."""

FIRST_PROMPT = "a sailboat on the sea at sunset, sun on the left"

EXAMPLES: tuple[tuple[str, str], ...] = (
    ("Sea at sunset", FIRST_PROMPT),
    ("Mountains by night", "snowy mountains at night, stars, a crescent moon on the right"),
    ("Balloon at dawn", "a hot-air balloon over misty hills at dawn"),
    ("Lighthouse", "a lighthouse on a rocky coast at dusk, lit windows"),
)
"""A short name for the button, and the prompt."""
