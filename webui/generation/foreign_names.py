"""Samplers and schedule types by the names that other programs have for them.

A1111 and Forge write labels (`DPM++ 2M`, before 1.9 `DPM++ 2M Karras`), ComfyUI identifiers (`dpmpp_2m` with the
scheduler `karras`), InvokeAI identifiers with a `_k` for Karras, NovelAI ones that begin with `k_`.
"""

from webui.generation.samplers import SAMPLERS, Schedule, find_sampler, find_schedule

_SAMPLER_ALIASES = {
    "eulerancestral": "eulera",
    "dpm2ancestral": "dpm2a",
    "kdpm2": "dpm2",
    "kdpm2a": "dpm2a",
    "kdpm2ancestral": "dpm2a",
    "dpmpp2sancestral": "dpmpp2sa",
    "unipcbh2": "unipc",
    "pndm": "plms",
    "ddimv3": "ddim",
    "dpmppsdegpu": "dpmppsde",
    "dpmpp2msdegpu": "dpmpp2msde",
    "dpmpp3msdegpu": "dpmpp3msde",
}
_SCHEDULE_ALIASES = {
    "normal": "uniform",
    "native": "uniform",
    "ddimuniform": "ddim",
    "alignyoursteps": "ays",
    "ays": "alignyoursteps",
    "default": "automatic",
    "auto": "automatic",
}


def sampler_and_schedule(name: str) -> tuple[str | None, str | None]:
    """The sampler that is meant and the schedule type that its name carries; None for what is not known."""
    wanted, schedule = name.strip(), None
    for known in Schedule:
        base = wanted[: -len(known.value)].rstrip() if wanted.casefold().endswith(f" {known.value.casefold()}") else ""
        if base and _sampler(base) is not None:
            return _sampler(base), known.value
    sampler = _sampler(wanted)
    if sampler is None and wanted.casefold().endswith("_k"):
        sampler, schedule = _sampler(wanted[:-2]), Schedule.KARRAS.value
    return sampler, schedule if sampler is not None else None


def schedule_named(name: str) -> str | None:
    """The schedule type that is meant; None when it is not known."""
    found = find_schedule(name)
    if found is not None:
        return found.value
    wanted = _plain(name)
    meant = (wanted, _SCHEDULE_ALIASES.get(wanted))
    return next((schedule.value for schedule in Schedule if _plain(schedule.value) in meant), None)


def _sampler(name: str) -> str | None:
    found = find_sampler(name)
    if found is not None:
        return found.name
    wanted = _plain(name.casefold().strip().removeprefix("k_"))
    meant = (wanted, _SAMPLER_ALIASES.get(wanted))
    return next((sampler.name for sampler in SAMPLERS if _plain(sampler.name) in meant), None)


def _plain(name: str) -> str:
    """Letters and digits alone: `DPM++ 2M` and `dpmpp_2m` are the same."""
    return "".join(filter(str.isalnum, name.casefold().replace("++", "pp")))
