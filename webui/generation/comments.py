"""Comments in prompts: from a `#` to the end of its line, for notes that are no part of the picture."""


def without_comments(text: str) -> str:
    """The prompt without its comments; a line that is nothing but a comment goes as a whole."""
    if "#" not in text:
        return text
    kept: list[str] = []
    for line in text.split("\n"):
        words, mark, _ = line.partition("#")
        if not mark:
            kept.append(line)
        elif words.strip():
            kept.append(words.rstrip())
    return "\n".join(kept)
