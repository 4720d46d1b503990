"""What marks a hook, and what marks a function that implements one."""

from pluggy import HookimplMarker, HookspecMarker

PROJECT = "darkroom"
hookspec = HookspecMarker(PROJECT)
hookimpl = HookimplMarker(PROJECT)
