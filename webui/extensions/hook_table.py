"""What the program must know of each hook beside its docstring: where it runs, what it needs, what it gives."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from webui.extensions.contributions import (
    CliCommand,
    NewTunnel,
    Preprocessor,
    PromptSyntax,
    Tab,
    Theme,
)
from webui.extensions.controls import CONTROLS
from webui.extensions.permissions import Permission
from webui.extensions.sides import Side
from webui.generation.offered import NewFamily, NewSampler, NewSchedule, Upscaler
from webui.generation.plot_axes import AxisType

_WEB, _WORKER, _BOTH = (Side.WEB,), (Side.WORKER,), (Side.WEB, Side.WORKER)


@dataclass(frozen=True, slots=True)
class Hook:
    """What is known of a hook.

    Args:
        sides: the files in which it may be implemented.
        permission: what the extension must have asked for; None for those that every extension may.
        gives: of which types each thing in its answer must be, for hooks that answer with a sequence.
        may_refuse: whether an `InvalidRequest` that it raises is meant for the person, not a fault.
        fields: whether it answers with a mapping by names.
    """

    sides: tuple[Side, ...]
    permission: Permission | None = None
    gives: tuple[type[Any], ...] = ()
    may_refuse: bool = False
    fields: bool = False

    def allowed_to(self, permissions: frozenset[Permission]) -> bool:
        """Whether an extension that has asked for these may have it."""
        return self.permission is None or self.permission in permissions


HOOKS: Mapping[str, Hook] = {
    "startup": Hook(_BOTH),
    "shutdown": Hook(_BOTH),
    "register_settings": Hook(_WEB, gives=CONTROLS),
    "register_controls": Hook(_WEB, gives=CONTROLS),
    "register_tabs": Hook(_WEB, Permission.PAGE, (Tab,)),
    "register_themes": Hook(_WEB, Permission.PAGE, (Theme,)),
    "register_routes": Hook(_WEB, Permission.ROUTES),
    "register_tunnels": Hook(_WEB, Permission.ROUTES, (NewTunnel,)),
    "register_cli": Hook(_WEB, Permission.ROUTES, (CliCommand,)),
    "prepare_request": Hook(_WEB, Permission.REQUESTS, may_refuse=True, fields=True),
    "register_prompt_syntax": Hook(_WORKER, Permission.REQUESTS, (PromptSyntax,), may_refuse=True),
    "write_infotext": Hook(_WORKER, Permission.REQUESTS, fields=True),
    "read_infotext": Hook(_WEB, Permission.REQUESTS, fields=True),
    "register_plot_axes": Hook(_WEB, Permission.REQUESTS, (AxisType,)),
    "image_saved": Hook(_WEB, Permission.PICTURES),
    "register_samplers": Hook(_WORKER, Permission.SAMPLING, (NewSampler,)),
    "register_schedules": Hook(_WORKER, Permission.SAMPLING, (NewSchedule,)),
    "register_families": Hook(_WORKER, Permission.SAMPLING, (NewFamily,)),
    "wrap_prediction": Hook(_WORKER, Permission.SAMPLING),
    "process_latents": Hook(_WORKER, Permission.SAMPLING),
    "register_upscalers": Hook(_WORKER, Permission.PICTURES, (Upscaler,)),
    "register_preprocessors": Hook(_WORKER, Permission.PICTURES, (Preprocessor,)),
    "on_step": Hook(_WORKER, Permission.PICTURES),
    "finish_image": Hook(_WORKER, Permission.PICTURES),
}
"""Every hook of `webui.extensions.hookspecs.HookSpecs`, by name."""
