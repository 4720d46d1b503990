"""A measured figure beside its goal, and the table of them."""

import json
import os
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What was measured, in its unit, and the most that it should be (None: no goal of its own)."""

    name: str
    value: float
    unit: str
    goal: float | None = None

    @property
    def reached(self) -> bool | None:
        """Whether the goal is reached; None without one."""
        return None if self.goal is None else self.value <= self.goal


def report(where: str, figures: Iterable[Figure], *, as_json: bool) -> str:
    """The figures of a machine, as a table or as JSON."""
    if as_json:
        return json.dumps({"machine": where, "figures": [asdict(figure) for figure in figures]}, indent=1)
    return f"{where}\n{table(figures)}"


def table(figures: Iterable[Figure]) -> str:
    """The figures, one a line."""
    lines = [f"{'figure':66} {'measured':>12} {'goal':>12}"]
    for figure in figures:
        goal = "" if figure.goal is None else f"<= {figure.goal:g} {figure.unit}"
        mark = {True: "", False: "  MISSED", None: ""}[figure.reached]
        lines.append(f"{figure.name:66} {figure.value:8.3f} {figure.unit:>3} {goal:>12}{mark}")
    return "\n".join(lines)


def machine() -> str:
    """The machine's processor and what it runs."""
    try:
        info = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        name = next(line.split(":")[1].strip() for line in info if line.startswith("model name"))
    except (OSError, StopIteration):
        name = platform.processor() or platform.machine()
    load = f", load {os.getloadavg()[0]:.1f} before the run" if hasattr(os, "getloadavg") else ""
    return f"{name}, {os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}{load}"
