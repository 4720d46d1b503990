"""The hooks of extensions as a walk calls them: typed, and without cost where no extension has them. Torch.

What a hook changes is changed before it is recorded. Hooks are handed copies, so that one that writes into what it was
given changes nothing by that.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import torch
from PIL import Image

from webui.diffusion.denoise import Step
from webui.diffusion.families.base import Latents
from webui.diffusion.passes import Pass
from webui.diffusion.samplers import NoiseSchedule
from webui.engine.hook_checks import kind_of, picture_problem, text_problem
from webui.extensions.contributions import PictureInfo, PromptSyntax, StepInfo, WalkInfo
from webui.extensions.faults import ExtensionFailed, Fault
from webui.extensions.host import ExtensionHost, Gathered
from webui.generation.request import GenerationRequest

Predict = Callable[[torch.Tensor, torch.Tensor, int], torch.Tensor]
_BASE, _HIRES = "base", "hires"


class WorkerHooks:
    """The hooks of one process that makes pictures.

    Args:
        host: calls them.
        fresh_faults: what went wrong since it was asked last.
    """

    def __init__(self, host: ExtensionHost, fresh_faults: Callable[[], Iterable[Fault]] = tuple) -> None:
        self._host = host
        self._fresh_faults = fresh_faults
        self._syntaxes: tuple[Gathered, ...] = tuple(host.gather("register_prompt_syntax"))

    @property
    def host(self) -> ExtensionHost:
        """What calls the hooks."""
        return self._host

    def take_notes(self) -> Iterator[str]:
        """What went wrong in extensions since it was asked last, in sentences."""
        return map(_note, self._fresh_faults())

    def resolved(self, text: str, picture: PictureInfo) -> str:
        """A prompt with what every syntax makes of it, for one picture of a job.

        Raises:
            InvalidRequest: the prompt cannot be understood.
        """
        for gathered in self._syntaxes:
            for syntax in gathered.value:
                text = self._replaced(gathered.extension, syntax, text, picture)
        return text

    def wrapped(self, guide: Predict, walk: Pass, about: "WalkedPass") -> Predict:
        """The guided model of a pass with what extensions make of its predictions; itself where none does."""
        if not self._host.has("wrap_prediction"):
            return guide

        def predict(seen: torch.Tensor, timestep: torch.Tensor, index: int) -> torch.Tensor:
            prediction = guide(seen, timestep, index)
            latents, step = walk.latents.clone(), about.at(index)
            return self._changed("wrap_prediction", "prediction", prediction, latents=latents, step=step)

        return predict

    def processed(self, latents: Latents, about: "WalkedPass") -> Latents:
        """The latents (batch, channels, h, w) that a pass begins with."""
        if not self._host.has("process_latents"):
            return latents
        return self._changed("process_latents", "latents", latents, walk=about.info)

    @property
    def see_steps(self) -> bool:
        """Whether any hook wants to see the steps of walks."""
        return self._host.has("on_step")

    @torch.inference_mode()
    def saw(self, step: Step, about: "WalkedPass") -> None:
        """A walk made a step."""
        self._host.observe("on_step", step=about.at(step.index), clean=lambda: step.clean)

    def finished(self, picture: Image.Image, request: GenerationRequest, *, keep_size: bool = False) -> Image.Image:
        """A picture (RGB) as it is to be written; `keep_size` where it is one frame of a film."""
        if not self._host.has("finish_image"):
            return picture
        made = self._host.fold(
            "finish_image", "image", image=picture, request=request, seed=request.seed, copy=Image.Image.copy,
            check=partial(picture_problem, size=picture.size if keep_size else None),
        )  # fmt: skip
        return made.convert("RGB")

    def _replaced(self, extension: str, syntax: PromptSyntax, text: str, picture: PictureInfo) -> str:
        def resolve() -> str:
            new = syntax.resolve(text, picture)
            wrong = text_problem(new)
            if wrong:
                raise TypeError(f"it gave {wrong}")
            return new

        try:
            return self._host.call(extension, "resolve", resolve)
        except ExtensionFailed:  # it is among the faults
            return text

    @torch.inference_mode()
    def _changed(self, hook: str, argument: str, value: torch.Tensor, **more: Any) -> torch.Tensor:
        changed = self._host.fold(
            hook, argument, check=_tensor_problem, copy=torch.Tensor.clone, **{argument: value}, **more
        )
        # A copy: whoever gave it may go on writing into it.
        return value if changed is value else changed.detach().clone()


class WalkedPass:
    """What hooks are told of a pass.

    Args:
        request: as the pass walks it.
        seeds: of the pictures.
        schedule: that it is walked along.
        second: whether it is that of the hires fix.
        size: of its pictures, width and height in pixels.
    """

    def __init__(
        self,
        request: GenerationRequest,
        seeds: tuple[int, ...],
        schedule: NoiseSchedule,
        *,
        second: bool,
        size: tuple[int, int],
    ) -> None:
        self._schedule = schedule
        self.info = WalkInfo(
            request=request, seeds=seeds, steps=len(schedule.timesteps), width=size[0], height=size[1],
            pass_name=_HIRES if second else _BASE,
        )  # fmt: skip

    def at(self, index: int) -> StepInfo:
        """The same at a call of the model."""
        schedule, info = self._schedule, self.info
        return StepInfo(
            index=index, total=info.steps, sigma=schedule.sigma(index), sigma_next=schedule.sigma(index + 1),
            timestep=float(schedule.timesteps[index]), request=info.request, seeds=info.seeds,
            pass_name=info.pass_name,
        )  # fmt: skip


def _tensor_problem(new: object, old: torch.Tensor) -> str:
    """What is wrong with a tensor that is to take the place of another one."""
    if not isinstance(new, torch.Tensor):
        return f"{kind_of(new)}, where a tensor is expected"
    if new.shape != old.shape:
        return f"a tensor of the shape {tuple(new.shape)}, where {tuple(old.shape)} is expected"
    if new.dtype != old.dtype or new.device != old.device:
        return f"a tensor of {new.dtype} on {new.device}, where {old.dtype} on {old.device} is expected"
    if not torch.isfinite(new).all():
        return "a tensor with values that are no finite numbers"
    return ""


def _note(fault: Fault) -> str:
    return f"{fault.sentence.rstrip('.')}. The picture is made without it."
