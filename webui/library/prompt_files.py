"""The files of the data folder that prompts draw on: lists of words and styles. They are read anew as they change."""

import threading
from collections.abc import Sequence
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import Path

from webui.errors import InvalidRequest
from webui.generation.styles import Style, read_styles

WILDCARDS = "wildcards"
STYLES = "styles.csv"
_MAX_FILES = 20_000
_MAX_BYTES = 16 * 1024 * 1024
_MAX_LINE_CHARACTERS = 4_000


class PromptFiles:
    """`wildcards/**/*.txt`, one word or phrase a line, and `styles.csv` in a data folder. Threads may share it.

    In lists `#` begins a comment, as in prompts.
    """

    def __init__(self, data_dir: Path) -> None:
        self._wildcards = data_dir / WILDCARDS
        self._styles = data_dir / STYLES
        self._lists: dict[Path, tuple[tuple[int, int], list[str]]] = {}
        self._lock = threading.Lock()

    def wildcard(self, name: str) -> Sequence[str] | None:
        """The lines of the list `name`, or None if there is none. With `*` in it, of all lists that it fits."""
        if "*" in name:
            fitting = [known for known in self.wildcard_names() if fnmatchcase(known, name)]
            return [line for known in fitting for line in self._lines(known) or ()] or None
        return self._lines(name)

    def wildcard_names(self) -> list[str]:
        """The lists there are: their paths below `wildcards` without `.txt`, with `/` between folders."""
        found = islice(self._wildcards.rglob("*.txt"), _MAX_FILES)
        names = [path.relative_to(self._wildcards).with_suffix("").as_posix() for path in found]
        return sorted(names, key=str.casefold)

    def styles(self) -> list[Style]:
        """The kept styles in the order of their file.

        Raises:
            InvalidRequest: the file is there and cannot be read.
        """
        try:
            text = self._styles.read_text(encoding="utf-8-sig", errors="replace")
            return read_styles(text)
        except FileNotFoundError:
            return []
        except (OSError, ValueError) as error:
            raise InvalidRequest(
                f"styles: the file {self._styles.name} cannot be read: {error}.",
                hint=f"Correct or remove it in {self._styles.parent}.",
                field="styles",
            ) from error

    def style_names(self) -> list[str]:
        """The names of the styles, none if their file cannot be read."""
        try:
            return [style.name for style in self.styles()]
        except InvalidRequest:
            return []

    def chosen_styles(self, names: Sequence[str]) -> list[Style]:
        """The styles of these names.

        Raises:
            InvalidRequest: there is none of a name, or their file cannot be read.
        """
        known = {style.name: style for style in self.styles()} if names else {}
        for name in names:
            if name not in known:
                listed = ", ".join(list(known)[:8])
                raise InvalidRequest(
                    f"styles: there is no style '{name}'.",
                    hint=f"There are: {listed}." if known else f"Styles are kept in {self._styles}.",
                    field="styles",
                )
        return [known[name] for name in names]

    def _lines(self, name: str) -> list[str] | None:
        if any(part in ("", ".", "..") for part in name.split("/")):
            return None
        path = self._wildcards / f"{name}.txt"
        try:
            status = path.stat()
            state = (status.st_mtime_ns, status.st_size)
            with self._lock:
                kept = self._lists.get(path)
            if kept is None or kept[0] != state:
                with path.open("rb") as file:
                    text = file.read(_MAX_BYTES).decode("utf-8-sig", errors="replace")
                kept = (state, _words(text))
                with self._lock:
                    self._lists[path] = kept
        except (OSError, ValueError):
            return None
        return kept[1]


def _words(text: str) -> list[str]:
    lines = (line.partition("#")[0].strip()[:_MAX_LINE_CHARACTERS] for line in text.splitlines())
    return [line for line in lines if line]
