"""Samplers, schedule types and upscalers by the names that other programs have for them, put into fields.

A1111 and Forge write labels (`DPM++ 2M`, before 1.9 `DPM++ 2M Karras`), ComfyUI identifiers (`dpmpp_2m` with the
scheduler `karras`), InvokeAI identifiers with a `_k` for Karras, NovelAI ones that begin with `k_`. What
`webui.generation.samplers` does not spell itself is here.
"""

from webui.generation.infotext_fields import FieldCollector, shown
from webui.generation.samplers import Schedule, find_fused, find_schedule
from webui.generation.ways import HiresUpscaler, find_upscaler

_SAMPLERS = {"kdpm_2": "DPM2", "kdpm_2_a": "DPM2 a", "pndm": "PLMS", "ddim_v3": "DDIM"}
_UPSCALERS = {
    "latent (antialiased)": HiresUpscaler.LATENT.value,
    "latent (bicubic antialiased)": HiresUpscaler.LATENT_BICUBIC.value,
    "none": HiresUpscaler.LANCZOS.value,
}
"""Smoothing against stairs does nothing where latents grow."""
_SCHEDULES: dict[str, str] = dict.fromkeys(("native", "default", "auto"), Schedule.AUTOMATIC.value)


def sampler_and_schedule(name: str) -> tuple[str | None, str | None]:
    """The sampler that is meant and the schedule type that its name carries; None for what is not known."""
    wanted = name.strip().casefold()
    found = find_fused(_SAMPLERS.get(wanted, name))
    if found is not None:
        return found[0].name, found[1]
    if wanted.endswith("_k"):
        found = find_fused(_SAMPLERS.get(wanted[:-2], wanted[:-2]))
        return (found[0].name, Schedule.KARRAS.value) if found is not None else (None, None)
    return None, None


def schedule_named(name: str) -> str | None:
    """The schedule type that is meant; None when it is not known."""
    return find_schedule(name) or _SCHEDULES.get(name.strip().casefold())


def upscaler_named(name: str) -> str | None:
    """The upscaler of the second pass that is meant; None when it is not known."""
    return find_upscaler(name) or _UPSCALERS.get(name.strip().casefold())


def put_sampling(
    fields: FieldCollector, sampler: str, schedule: str, *, group: str = "", otherwise: str | None = None
) -> None:
    """Put a sampler and its schedule type, which count together: not every sampler follows every one.

    Args:
        fields: take what is known; what is not is told.
        sampler: the name as it was told; empty: none.
        schedule: likewise; a schedule type within the sampler's name counts where none is told.
        group: empty, or `hires.` for the second pass.
        otherwise: the schedule type where none is told at all.
    """
    named = "Hires " if group else ""
    name, carried = sampler_and_schedule(sampler)
    if sampler and name is None:
        fields.note(f"{named}Sampler: there is no '{shown(sampler)}' here, so it was left out.")
    spacing = schedule_named(schedule) if schedule else carried or otherwise
    if schedule and spacing is None:
        fields.note(f"{named}Schedule type: there is no '{shown(schedule)}' here, so it was left out.")
    told = {f"{group}sampler": name, f"{group}schedule": spacing}
    given = {place: value for place, value in told.items() if value is not None}
    if given and not fields.put_all(given, named=f"{named}Schedule type") and name is not None:
        fields.put_all(given | {f"{group}schedule": Schedule.AUTOMATIC.value}, named=f"{named}Sampler")
