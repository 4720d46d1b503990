"""What a first visit finds typed already, and what it may click instead. All are prompts for the bundled model."""

FIRST_PROMPT = "a sailboat on the sea at sunset, sun on the left"

EXAMPLES: tuple[tuple[str, str], ...] = (
    ("Sea at sunset", FIRST_PROMPT),
    ("Lighthouse at night", "a lighthouse at night, crescent moon"),
    ("Castle in the desert", "a castle in the desert at sunset, sun on the left"),
    ("Red tree by the lake", "a red tree by the lake"),
)
"""A short name for the button, and the prompt."""
