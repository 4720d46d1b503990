"""What a recording says of itself, for people: a few lines of names and values."""

import time

from webui.generation.trajectory import RecordedPass, TrajectorySummary
from webui.model_manager.recording_models import ModelState

_STATES = {
    "same": "the same weights are here",
    "changed": "the model of that name here has other weights",
    "gone": "it is not here",
}
_NAME_WIDTH = 10


def recording_text(summary: TrajectorySummary, state: ModelState, size: int, sides: list[tuple[int, int]]) -> str:
    """The lines.

    Args:
        summary: what the recording says of itself.
        state: what became of its model.
        size: of the file, in bytes.
        sides: width and height of each pass, in pixels.
    """
    header = summary.header
    request, model, origin = header.request, header.model, header.origin
    pictures = ", ".join(f"{number} (seed {seed})" for number, seed in enumerate(header.seeds))
    lines = {
        "Recording": f"{header.id}, {'complete' if summary.complete else 'interrupted'}, {_megabytes(size)}",
        "Made": f"{time.strftime('%Y-%m-%d %H:%M', time.localtime(header.created))} by {header.program}",
        "Prompt": " ".join(request.prompt.split()),
        "Negative": " ".join(request.negative_prompt.split()),
        "Pictures": pictures,
        "Size": ", then ".join(f"{width} x {height}" for width, height in dict.fromkeys(sides)),
        "Model": f"{model.name} ({model.family}); {_STATES[state]}",
        "Computed": f"on {header.device} in {header.dtype}",
        "Steps": f"0 to {summary.positions}",
        **{f"Pass {number}": _pass(each, calls) for number, (each, calls) in _numbered(summary)},
        "Guidance": "recorded for each step" if header.guidance else "",
        "Branch of": f"{origin.trajectory} at step {origin.step}, picture {origin.picture}" if origin else "",
    }
    return "\n".join(f"{name:<{_NAME_WIDTH}} {value}" for name, value in lines.items() if value)


def _numbered(summary: TrajectorySummary) -> enumerate[tuple[RecordedPass, int]]:
    return enumerate(zip(summary.passes, summary.calls, strict=True), 1)


def _pass(each: RecordedPass, calls: int) -> str:
    called = f"{calls} of {len(each.timesteps)} calls" if calls < len(each.timesteps) else f"{calls} calls"
    whole = f"{each.steps} steps" + (f" from step {each.begin}" if each.begin else "")
    noise = f"sigma {each.sigmas[0]:.4g} to {each.sigmas[calls]:.4g}"
    return f"{each.sampler}, {each.schedule}, {whole}, {called}, {noise}" + (", second pass" if each.second else "")


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 100_000 else f"{size / 1e3:.1f} kB"
