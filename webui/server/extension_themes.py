"""The themes of extensions: which one is chosen, and its style sheet."""

import re
from pathlib import Path
from typing import Any

from webui.errors import InvalidRequest
from webui.extensions.contributions import Theme
from webui.extensions.extensions import Extensions
from webui.extensions.kept_settings import read_json, write_json
from webui.library.pictures import as_save_failed

_CHOICE = "theme.json"
_VALUE = re.compile(r"[\w #%.,()+*/'\"-]{1,300}")


class ExtensionThemes:
    """The themes that there are now.

    Args:
        extensions: which bring them.
    """

    def __init__(self, extensions: Extensions) -> None:
        self._extensions = extensions
        self._file: Path = extensions.state_dir / _CHOICE

    def told(self) -> dict[str, Any]:
        """All themes by their names (`extension/theme`), and the chosen one's, None for Darkroom's own colours."""
        themes = [
            {"name": f"{extension}/{theme.name}", "label": theme.label, "extension": extension}
            for extension, theme in self._extensions.themes()
        ]
        chosen = read_json(self._file).get("chosen")
        known = any(theme["name"] == chosen for theme in themes)
        return {"chosen": chosen if known else None, "themes": themes}

    def choose(self, name: Any) -> dict[str, Any]:
        """Choose a theme, or None for Darkroom's own colours; what is told then.

        Raises:
            InvalidRequest: there is no such theme.
            SaveFailed: the choice cannot be kept.
        """
        known = [theme["name"] for theme in self.told()["themes"]]
        if name is not None and name not in known:
            listed = ", ".join(known) or "none"
            raise InvalidRequest("chosen: there is no such theme.", hint=f"There are: {listed}.", field="chosen")
        try:
            write_json(self._file, {"chosen": name})
        except OSError as error:
            raise as_save_failed(error, what="theme", then="then choose it again") from error
        return self.told()

    def css(self) -> str:
        """The colours of the chosen theme; empty for Darkroom's own. The page links it after its own style sheet."""
        chosen = self.told()["chosen"]
        named = {f"{extension}/{theme.name}": theme for extension, theme in self._extensions.themes()}
        return _rules(named[chosen]) if chosen in named else ""


def _rules(theme: Theme) -> str:
    return f':root[data-theme="dark"] {{{_values(theme.dark)}}}\n:root[data-theme="light"] {{{_values(theme.light)}}}'


def _values(values: Any) -> str:
    """Declarations; a value that could end its declaration, or begin a comment, is left out."""
    return " ".join(f"{name}: {value};" for name, value in values.items() if _is_plain(value))


def _is_plain(value: str) -> bool:
    if _VALUE.fullmatch(value) is None or "/*" in value or value.count("(") != value.count(")"):
        return False
    return not ("'" in value and '"' in value) and value.count("'") % 2 == value.count('"') % 2 == 0
