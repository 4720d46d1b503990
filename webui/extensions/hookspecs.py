"""Every hook that an extension can implement, in one typed list. The reference page is made of the docstrings.

An implementation may take fewer arguments than are listed, by their names. `values` are the extension's own: what the
request says for its controls, with the defaults of those that it leaves out.
"""

from webui.extensions.hooks.beginning import BeginningHooks
from webui.extensions.hooks.marking import PROJECT, hookimpl, hookspec
from webui.extensions.hooks.page import PageHooks
from webui.extensions.hooks.pictures import PictureHooks
from webui.extensions.hooks.requests import RequestHooks
from webui.extensions.hooks.sampling import SamplingHooks

__all__ = ["GROUPS", "PROJECT", "HookSpecs", "hookimpl", "hookspec"]

GROUPS = (BeginningHooks, PageHooks, RequestHooks, SamplingHooks, PictureHooks)
"""The hooks by what they are about, in the order of the reference."""


class HookSpecs(*GROUPS):
    """All hooks."""
