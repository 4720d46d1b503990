"""The schedule and the guide of each pass that a request asks for. Torch."""

from webui.diffusion.families.base import Family, PromptOptions
from webui.diffusion.flow import predicts_flow
from webui.diffusion.guidance import Guide, make_guide
from webui.diffusion.samplers import NoiseSchedule, SolverOptions
from webui.diffusion.text_encoder import EmbeddingLookup
from webui.engine.hires import hires_schedule_steps, hires_size, second_request
from webui.generation.networks import Network, take_networks
from webui.generation.request import GenerationRequest
from webui.model_manager.lora.applied import ModelNetworks


class PassPlans:
    """Makes schedules and guides for the passes of a request whose wildcards are resolved.

    Args:
        request: what is asked; where it has points, all of them name the same networks.
        family: the model.
        embeddings: finds textual inversions.
        networks: the LoRAs on the model; None leaves those of prompts out.

    `notes` says in sentences what there is to tell of the LoRAs.
    """

    def __init__(
        self,
        request: GenerationRequest,
        *,
        family: Family,
        embeddings: EmbeddingLookup,
        networks: ModelNetworks | None = None,
    ) -> None:
        self._request = request
        self._family = family
        self._embeddings = embeddings
        self._networks = networks
        self.notes: list[str] = []

    def request_of(self, *, second: bool) -> GenerationRequest:
        """The request as a pass walks it, with the number of steps of the pass's whole schedule."""
        hires = self._request.hires
        if not second or hires is None:
            return self._request
        return second_request(self._request, hires)

    def steps_of(self, *, second: bool) -> int:
        """The steps of the pass's whole schedule."""
        hires = self._request.hires
        if not second or hires is None:
            return self._request.steps
        flow = predicts_flow(self._family.scheduler_config)
        return hires_schedule_steps(hires.steps or self._request.steps, hires.strength, flow=flow)

    def schedule(self, *, second: bool = False, strength: float = 1.0, begin: int | None = None) -> NoiseSchedule:
        """A fresh schedule, of which the share `strength` or all from step `begin` on is walked.

        Raises:
            InvalidRequest: the model cannot be walked with the sampler.
        """
        request = self.request_of(second=second)
        return NoiseSchedule(
            sampler=request.sampler,
            schedule=request.schedule,
            steps=self.steps_of(second=second),
            config=self._family.scheduler_config,
            device=self._family.device,
            options=SolverOptions(
                eta=request.eta, s_churn=request.s_churn, s_tmin=request.s_tmin, s_tmax=request.s_tmax,
                s_noise=request.s_noise,
            ),
            strength=strength,
            begin=begin,
            architecture=self._family.info.name,
            shift=self.shift_of(second=second),
        )  # fmt: skip

    def size_of(self, *, second: bool) -> tuple[int, int]:
        """The width and the height of the pass in pixels."""
        request, hires = self._request, self._request.hires
        if not second or hires is None:
            return request.width, request.height
        return hires_size(request, hires, multiple=self._family.info.size_multiple).kept

    def reading(self, *, second: bool = False) -> PromptOptions:
        """How the prompts of a pass are read."""
        return self._reading(self.request_of(second=second), second=second)

    def _reading(self, request: GenerationRequest, *, second: bool) -> PromptOptions:
        width, height = self.size_of(second=second)
        texts = {name: take_networks(getattr(request, name))[0] for name in ("prompt", "negative_prompt")}
        return PromptOptions(
            request=request.model_copy(update=texts), embeddings=self._embeddings, width=width, height=height
        )

    def shift_of(self, *, second: bool) -> float | None:
        """How far the pass's noise levels are shifted, in a flow-matching model; None is the configuration's own."""
        return self._family.flow_shift(*self.size_of(second=second), self.steps_of(second=second))

    def guide(
        self, schedule: NoiseSchedule, *, first: NoiseSchedule | None = None, second: bool = False, before: int = 0
    ) -> Guide:
        """The guide of a walk along a schedule.

        Args:
            schedule: of the walk.
            first: where it is the second pass, the schedule of the first one.
            second: whether it is the second pass.
            before: how many of the schedule's calls another walk made, which this one takes up.

        The LoRAs of the pass are on the model when it is returned, and again at each of its calls.

        Raises:
            InvalidRequest: the model cannot do what the request asks of its text encoder.
            ModelUnusable: a LoRA does not fit the model.
        """
        if self._networks is not None:
            self._networks.apply(self._asked(second=second))
        self.hold_networks(schedule, 0, second=second)
        readings = [self._reading(each, second=second) for each in self._each(second=second)]
        guide = make_guide(self._family, schedule=schedule, readings=readings, first_pass=first, before=before)
        guide.before_call = lambda index: self.hold_networks(schedule, index, second=second)
        return guide

    def hold_networks(self, schedule: NoiseSchedule, index: int, *, second: bool) -> None:
        """Puts the LoRAs of a pass on the model, with the weights of a call; costs nothing where they are there.

        Other walks of the model, and views, may have put in theirs between two calls.

        Raises:
            ModelUnusable: a LoRA does not fit the model.
        """
        if self._networks is None:
            return
        self.notes += [note for note in self._networks.hold(self._asked(second=second)) if note not in self.notes]
        self._networks.at_step(schedule.step_number(index) // schedule.scheduler.order, schedule.steps)

    def _each(self, *, second: bool) -> list[GenerationRequest]:
        """What is asked of each picture in a pass; a single request where it is the same of all."""
        request, hires = self._request, self._request.hires
        alone = [request.for_picture(number) for number in range(len(request.points))] or [request]
        return [second_request(each, hires) for each in alone] if second and hires else alone

    def _asked(self, *, second: bool) -> tuple[Network, ...]:
        """The networks that a pass's prompts name."""
        request = self.request_of(second=second)
        texts = (request.prompt, request.negative_prompt)
        return tuple(network for text in texts for network in take_networks(text)[1])
