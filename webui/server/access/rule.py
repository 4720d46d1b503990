"""One line of the table of rules, and what it finds in a request."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from starlette.routing import compile_path

from webui.access.kinds import Kind
from webui.access.roles import Role

ANY_METHOD = "*"


@dataclass(frozen=True)
class Rule:
    """Who may send something to an address.

    `least`: the smallest role that may; None is everybody, also those who are not let in. `methods`: with spaces
    between; GET also stands for HEAD, and "*" for every method. `path`: as the route has it. `owns`: for a part of the
    path, of what kind the thing is that it names, and that must be theirs.
    """

    least: Role | None
    methods: str
    path: str
    owns: Mapping[str, Kind] = field(default_factory=lambda: MappingProxyType({}))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return compile_path(self.path)[0]

    @cached_property
    def _methods(self) -> frozenset[str]:
        methods = self.methods.split()
        return frozenset([*methods, "HEAD"] if "GET" in methods else methods)

    def match(self, method: str, path: str) -> Mapping[str, str] | None:
        """The parts of the path by name; None where this rule speaks of something else."""
        if ANY_METHOD not in self._methods and method not in self._methods:
            return None
        found = self._pattern.match(path)
        return found.groupdict() if found else None


@dataclass(frozen=True)
class Found:
    """The rule for a request, and the parts of the path by name."""

    rule: Rule
    names: Mapping[str, str]

    @property
    def ids(self) -> Sequence[tuple[Kind, str]]:
        """What the path names that must be theirs."""
        return [(kind, self.names[part]) for part, kind in self.rule.owns.items()]
