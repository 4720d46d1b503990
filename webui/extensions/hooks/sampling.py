"""How pictures are made."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from webui.extensions.contributions import StepInfo, WalkInfo
from webui.extensions.controls import Scalar
from webui.extensions.hooks.marking import hookspec
from webui.generation.offered import NewFamily, NewSampler, NewSchedule

if TYPE_CHECKING:
    import torch


class SamplingHooks:
    """How pictures are made."""

    @hookspec
    def register_samplers(self) -> Sequence[NewSampler]:  # type: ignore[empty-body]
        """Add ways to walk, in the list of samplers.

        Called:
            When the extension is enabled (to try it out) and when a worker starts.
        Process:
            Worker.
        Arguments:
            None.
        Returns:
            Samplers: a row for the list, and what makes a scheduler in diffusers' form.
        None:
            No samplers.
        Errors:
            None of its samplers are there. A name that is taken is an error.
        Example:
            @hookimpl
            def register_samplers():
                return [NewSampler(name="My Euler", make=MyScheduler, note="As Euler, but mine.")]
        """
        ...

    @hookspec
    def register_schedules(self) -> Sequence[NewSchedule]:  # type: ignore[empty-body]
        """Add ways to space noise levels, in the list of schedule types.

        Called:
            When the extension is enabled (to try it out) and when a worker starts; `sigmas` when a walk is planned.
        Process:
            Worker.
        Arguments:
            None.
        Returns:
            Schedules. `sigmas(steps, sigma_min, sigma_max)` gives `steps` noise levels that fall, and the 0 after them.
        None:
            No schedules.
        Errors:
            None of its schedules are there. A job whose levels cannot be made fails and names the extension.
        Example:
            @hookimpl
            def register_schedules():
                def sigmas(steps, low, high):
                    return [*(high + (low - high) * i / max(steps - 1, 1) for i in range(steps)), 0.0]

                return [NewSchedule(name="Even", sigmas=sigmas, note="Evenly spaced noise levels.")]
        """
        ...

    @hookspec
    def register_families(self) -> Sequence[NewFamily]:  # type: ignore[empty-body]
        """Add kinds of models.

        Called:
            When the extension is enabled (to try it out) and when a worker starts; `family` for each model.
        Process:
            Worker.
        Arguments:
            None.
        Returns:
            Families: what each can do, which pipelines it stands for, and how it is made of its parts.
        None:
            No families.
        Errors:
            None of its families are there. A model that cannot be made is unusable, and the sentence says why.
        Example:
            @hookimpl
            def register_families():
                parts = {"unet": ("UNet2DModel",)}
                return [NewFamily(name="mine", label="Mine", family=Mine, pipelines=("MyPipeline",), parts=parts)]
        """
        ...

    @hookspec
    def wrap_prediction(
        self, prediction: "torch.Tensor", latents: "torch.Tensor", step: StepInfo, values: Mapping[str, Scalar]
    ) -> "torch.Tensor | None":
        """Change what the model predicts, after guidance and before the sampler moves.

        Called:
            For each call of the model, one extension after the other. What it returns is what is recorded, so that
            a recorded picture can be replayed without the extension.
        Process:
            Worker, in the thread that makes pictures, under `torch.inference_mode`.
        Arguments:
            prediction: (batch, channels, height / 8, width / 8), guided, of the kind that the model predicts.
            latents: x_t before the move, of the same shape, as the sampler holds them.
            step: where the walk is.
            values: of this extension's controls.
        Returns:
            A prediction of the same shape, dtype and device; do not change the given one in place.
        None:
            The prediction stays.
        Errors:
            The prediction stays, a note names the extension, and after three errors it rests until the next start.
            After 30 seconds the worker is started anew and the job goes on without the extension.
        Example:
            @hookimpl
            def wrap_prediction(prediction, step, values):
                if step.index < step.total // 2:
                    return prediction * values["strength"]
        """

    @hookspec
    def process_latents(
        self, latents: "torch.Tensor", walk: WalkInfo, values: Mapping[str, Scalar]
    ) -> "torch.Tensor | None":
        """Change the latents that a pass begins with.

        Called:
            Once for each pass (the first one, the second one of the hires fix), before its first step and before it is
            recorded, one extension after the other.
        Process:
            Worker, in the thread that makes pictures.
        Arguments:
            latents: (batch, channels, height / 8, width / 8), with the noise of the first level.
            walk: the pass.
            values: of this extension's controls.
        Returns:
            Latents of the same shape, dtype and device.
        None:
            The latents stay.
        Errors:
            As for `wrap_prediction`.
        Example:
            @hookimpl
            def process_latents(latents, walk, values):
                return latents.flip(-1) if values["mirrored"] else None
        """
