"""The extensions of a process that makes pictures: loaded, and what they bring put where it is looked for."""

import queue
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import wraps
from itertools import islice
from pathlib import Path
from typing import Any

from PIL import Image

from webui.engine.hook_checks import picture_problem
from webui.errors import InvalidRequest
from webui.extensions.call_mark import CallMark
from webui.extensions.contributions import Preprocessor
from webui.extensions.faults import Fault, fault_of
from webui.extensions.host import ExtensionHost
from webui.extensions.loading import read_loadables
from webui.extensions.places import Places
from webui.extensions.sides import Side
from webui.generation.offered import NewFamily, NewSampler, NewSchedule, SamplerPlan, Upscaler
from webui.generation.offering import offer


class WorkerExtensions:
    """The extensions in some folders, loaded at once.

    Args:
        folders: where they are.
        data_dir: where their state is.
        watched: whether another process watches where this one is inside an extension.
        on_fault: is told what goes wrong, in the thread of the call.
    """

    def __init__(
        self,
        folders: Sequence[str | Path] = (),
        data_dir: Path | None = None,
        *,
        watched: bool = False,
        on_fault: Callable[[Fault], None] | None = None,
    ) -> None:
        self._heard: queue.SimpleQueue[Fault] = queue.SimpleQueue()
        self._on_fault = on_fault
        mark = CallMark(Places.below(data_dir).worker_mark) if watched and data_dir is not None else None
        loadables = read_loadables(folders, data_dir) if folders and data_dir is not None else ()
        self.host = ExtensionHost(Side.WORKER, loadables, deadline_s=None, call_mark=mark, on_fault=self._told)
        self._take_back: list[Callable[[], None]] = []
        self._offer_names()
        preprocessors = self._given("register_preprocessors")
        self.preprocessors: tuple[tuple[str, Preprocessor], ...] = tuple(
            (name, each) for name, given in preprocessors.items() for each in given
        )

    def fresh_faults(self) -> Iterator[Fault]:
        """What went wrong since it was asked last."""
        while True:
            try:
                yield self._heard.get_nowait()
            except queue.Empty:
                return

    def preprocessor(self, name: str) -> tuple[str, Preprocessor]:
        """The preprocessor of a name and the extension that it is of.

        Raises:
            InvalidRequest: there is none.
        """
        found = next((each for each in self.preprocessors if each[1].name == name), None)
        if found is None:
            known = ", ".join(each.name for _, each in self.preprocessors) or "none"
            raise InvalidRequest(
                f"name: there is no preprocessor '{name[:60]}'.", hint=f"There are: {known}.", field="name"
            )
        return found

    def shut_down(self) -> None:
        """Ends the extensions, and forgets the names that they brought."""
        self.host.shut_down()
        for take_back in self._take_back:
            take_back()
        self._take_back.clear()

    def _offer_names(self) -> None:
        """Lets requests of this process name what the extensions bring."""
        samplers, schedules = self._given("register_samplers"), self._given("register_schedules")
        upscalers, families = self._given("register_upscalers"), self._given("register_families")
        for name in self.host.names:
            try:
                take_back = offer(
                    name,
                    samplers=[self._guarded_sampler(name, each) for each in samplers.get(name, ())],
                    schedules=[self._guarded_schedule(name, each) for each in schedules.get(name, ())],
                    upscalers=[self._guarded_upscaler(name, each) for each in upscalers.get(name, ())],
                    families=[self._guarded_family(name, each) for each in families.get(name, ())],
                )
            except (ValueError, TypeError, AttributeError) as error:
                self.host.silence(name, fault_of(name, "register", error).sentence)
            else:
                self._take_back.append(take_back)

    def _given(self, hook: str) -> dict[str, tuple[Any, ...]]:
        """What the extensions answer, by their names."""
        return {gathered.extension: gathered.value for gathered in self.host.gather(hook)}

    def _guarded_sampler(self, extension: str, sampler: NewSampler) -> NewSampler:
        make, what = sampler.make, f"the sampler {sampler.name}"

        def guarded(plan: SamplerPlan) -> Any:
            assert make is not None
            scheduler = self.host.call(extension, what, make, plan)
            step = scheduler.step

            @wraps(step)
            def marked(*arguments: Any, **options: Any) -> Any:
                return self.host.call(extension, what, lambda: step(*arguments, **options))

            scheduler.step = marked
            return scheduler

        return replace(sampler, make=guarded)

    def _guarded_schedule(self, extension: str, schedule: NewSchedule) -> NewSchedule:
        sigmas, what = schedule.sigmas, f"the schedule type {schedule.name}"

        def laid_out(steps: int, least: float, most: float) -> Sequence[float]:
            assert sigmas is not None
            return [float(level) for level in islice(sigmas(steps, least, most), steps + 2)]

        def guarded(steps: int, least: float, most: float) -> Sequence[float]:
            return self.host.call(extension, what, laid_out, steps, least, most)

        return replace(schedule, sigmas=guarded)

    def _guarded_upscaler(self, extension: str, upscaler: Upscaler) -> Upscaler:
        upscale, what = upscaler.upscale, f"the upscaler {upscaler.name}"

        def enlarged(picture: Image.Image, width: int, height: int) -> Image.Image:
            assert upscale is not None
            made = upscale(picture.copy(), width, height)
            wrong = picture_problem(made, size=(width, height))
            if wrong:
                raise TypeError(f"it gave {wrong}")
            return made.convert("RGB")

        def guarded(picture: Image.Image, width: int, height: int) -> Image.Image:
            return self.host.call(extension, what, enlarged, picture, width, height)

        return replace(upscaler, upscale=guarded)

    def _guarded_family(self, extension: str, family: NewFamily) -> NewFamily:
        make, what = family.family, f"the family {family.name}"
        if make is None or not {"unet", "transformer"} & set(family.parts):
            raise ValueError(f"the family {family.name} has no unet and no transformer")

        def guarded(*arguments: Any, **options: Any) -> Any:
            return self.host.call(extension, what, lambda: make(*arguments, **options))

        return replace(family, family=guarded)

    def _told(self, fault: Fault) -> None:
        self._heard.put(fault)
        if self._on_fault is not None:
            self._on_fault(fault)
