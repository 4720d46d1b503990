"""What a first visit finds typed already, and what it may click instead. All are prompts for the bundled model."""

FIRST_PROMPT = "a sailboat on the sea at sunset, sun on the left"

EXAMPLES: tuple[tuple[str, str], ...] = (
    ("Sea at sunset", FIRST_PROMPT),
    ("Desert at sunset", "the desert at sunset, sun on the left"),
    ("Snow at dawn", "snowy mountains at dawn, clouds"),
    ("Forest at night", "a starry night over the pine forest"),
)
"""A short name for the button, and the prompt."""
