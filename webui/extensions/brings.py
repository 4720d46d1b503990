"""What an extension brings, as data: found out by trying it, kept, and used without running it again."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from webui.extensions.contributions import Tab, Theme
from webui.extensions.controls import Control, control_from_json
from webui.extensions.sides import Side

Row = Mapping[str, Any]
"""A contribution without its functions, as plain JSON."""
_ROWS = {
    "samplers": ("name", "note", "takes", "aliases", "order", "flow"),
    "schedules": ("name", "note"),
    "upscalers": ("name", "note"),
    "families": ("name", "label", "pipelines", "capabilities"),
    "axes": ("name", "example"),
    "syntaxes": ("name", "note"),
    "tunnels": ("name", "label"),
    "commands": ("name", "help"),
}
"""What is kept of each kind of contribution that has functions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brings:
    """What an extension brings.

    `hooks` are those that its files implement, by the file's side. Controls, settings, tabs and themes are whole; of
    the others there are rows: `samplers` with name, note, takes, aliases, order and flow, `schedules` and `upscalers`
    with name and note, `preprocessors` with name, note and controls (as JSON), `families` with name, label,
    pipelines and capabilities, `axes`, `syntaxes`, `tunnels` and `commands`.
    """

    hooks: Mapping[Side, tuple[str, ...]] = field(default_factory=dict)
    controls: tuple[Control, ...] = ()
    settings: tuple[Control, ...] = ()
    tabs: tuple[Tab, ...] = ()
    themes: tuple[Theme, ...] = ()
    samplers: tuple[Row, ...] = ()
    schedules: tuple[Row, ...] = ()
    upscalers: tuple[Row, ...] = ()
    preprocessors: tuple[Row, ...] = ()
    families: tuple[Row, ...] = ()
    axes: tuple[Row, ...] = ()
    syntaxes: tuple[Row, ...] = ()
    tunnels: tuple[Row, ...] = ()
    commands: tuple[Row, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """All of it as plain JSON; `brings_from_json` reads it."""
        return {
            "hooks": {side.value: list(names) for side, names in self.hooks.items()},
            "controls": [control.to_json() for control in self.controls],
            "settings": [control.to_json() for control in self.settings],
            "tabs": [asdict(tab) for tab in self.tabs],
            "themes": [
                {**asdict(theme), "light": dict(theme.light), "dark": dict(theme.dark)} for theme in self.themes
            ],
            **{kind: [dict(row) for row in getattr(self, kind)] for kind in (*_ROWS, "preprocessors")},
        }


_HOOK_OF = {
    "controls": "register_controls",
    "settings": "register_settings",
    "tabs": "register_tabs",
    "themes": "register_themes",
    "samplers": "register_samplers",
    "schedules": "register_schedules",
    "upscalers": "register_upscalers",
    "preprocessors": "register_preprocessors",
    "families": "register_families",
    "axes": "register_plot_axes",
    "syntaxes": "register_prompt_syntax",
    "tunnels": "register_tunnels",
    "commands": "register_cli",
}


def brings_of(hooks: Mapping[Side, tuple[str, ...]], answers: Mapping[str, Sequence[Any]]) -> Brings:
    """What the answers of the hooks (by hook) amount to."""
    found: dict[str, Any] = {kind: tuple(answers.get(hook, ())) for kind, hook in _HOOK_OF.items()}
    for kind, names in _ROWS.items():
        found[kind] = tuple(_row(thing, names) for thing in found[kind])
    found["preprocessors"] = tuple(
        {**_row(each, ("name", "note")), "controls": [control.to_json() for control in each.controls]}
        for each in found["preprocessors"]
    )
    return Brings(hooks=hooks, **found)


def _row(thing: Any, names: tuple[str, ...]) -> dict[str, Any]:
    values = {name: getattr(thing, name) for name in names}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def brings_from_json(values: Any) -> Brings:
    """What `to_json` wrote. It may come from an extension's own process, so that nothing of it is taken on trust.

    Raises:
        ValueError: it is something else.
    """
    try:
        rows = {kind: tuple(_checked_row(row, kind) for row in values.get(kind, ())) for kind in _ROWS}
        rows["preprocessors"] = tuple(_checked_preprocessor(row) for row in values.get("preprocessors", ()))
        return Brings(
            hooks={Side(side): tuple(map(str, names)) for side, names in values["hooks"].items()},
            controls=tuple(map(control_from_json, values.get("controls", ()))),
            settings=tuple(map(control_from_json, values.get("settings", ()))),
            tabs=tuple(Tab(**tab) for tab in values.get("tabs", ())),
            themes=tuple(Theme(**theme) for theme in values.get("themes", ())),
            **rows,
        )
    except (TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError(f"this is not what an extension brings: {error!r}") from error


def _checked_row(row: Any, kind: str) -> Row:
    names = _ROWS[kind]
    if not isinstance(row["name"], str) or not row["name"].strip() or len(row["name"]) > 80:
        raise ValueError(f"{str(row['name'])[:80]!r} cannot be the name of one of its {kind}")
    return {name: _plain(row.get(name)) for name in names}


def _checked_preprocessor(row: Any) -> Row:
    if not isinstance(row["name"], str):
        raise ValueError("a preprocessor has no name")
    controls = [control_from_json(each).to_json() for each in row.get("controls", ())]
    return {"name": row["name"][:80], "note": str(row.get("note", ""))[:500], "controls": controls}


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [str(each)[:200] for each in value[:100]]
    return value if isinstance(value, bool | int | float) or value is None else str(value)[:500]
