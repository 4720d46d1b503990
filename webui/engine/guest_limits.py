"""How much guests of a public link may ask of this computer. Owners who are no guests have no limits."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from webui.access.principal import GUEST_PREFIX
from webui.errors import InvalidRequest, JobsRefused
from webui.generation.request import GenerationRequest
from webui.generation.wildcards import wildcard_names


@dataclass(frozen=True, slots=True, kw_only=True)
class JobLimits:
    """What one guest may ask for.

    Args:
        waiting: jobs that wait or run at one time.
        in_all: jobs over the whole visit; None is any number.
        pictures_per_job: pictures, frames of films among them.
        most_pixels: of a picture, after a second pass too.
        most_steps: of each pass.
        upload_bytes: what pictures and recordings that they bring may take of the disk.
        house_words: whether the styles and lists of words of this computer may be used, whose lines come to be in the
            prompts that are told.
    """

    waiting: int = 3
    in_all: int | None = None
    pictures_per_job: int = 8
    most_pixels: int = 1536 * 1536
    most_steps: int = 60
    upload_bytes: int = 256 * 2**20
    house_words: bool = False


class GuestLimits:
    """The limits of each guest that is here; a guest that is not known may not make anything (any more).

    Args:
        counted: how many jobs of an owner wait or run, and how many there ever were.
    """

    def __init__(self, counted: Callable[[str], tuple[int, int]]) -> None:
        self._counted = counted
        self._lock = threading.Lock()
        self._limits: dict[str, JobLimits] = {}
        self._brought: dict[str, int] = {}
        """Bytes of what each guest has uploaded."""

    def allow(self, owner: str, limits: JobLimits) -> None:
        """Take jobs of a guest from now on, as far as the limits go."""
        with self._lock:
            self._limits[owner] = limits

    def forget(self, owner: str) -> None:
        """Take no more jobs of a guest: when this returns, those that were taken can be cancelled as a whole."""
        with self._lock:
            self._limits.pop(owner, None)
            self._brought.pop(owner, None)

    def uses_house_words(self, owner: str) -> bool:
        """Whether the styles and lists of words of this computer are there for somebody."""
        limits = self._limits.get(owner)
        return limits.house_words if limits else not owner.startswith(GUEST_PREFIX)

    def check_words(self, owner: str, request: GenerationRequest) -> None:
        """Refuse what names styles or lists of words that are not there for somebody.

        Raises:
            InvalidRequest: it does, in the words that are used for what is not there at all.
        """
        if self.uses_house_words(owner):
            return
        for style in request.styles:
            raise InvalidRequest(f"styles: there is no style '{style}'.", hint="Guests have none.", field="styles")
        for name in (name for text in request.prompts for name in wildcard_names(text)):
            raise InvalidRequest(
                f"prompt: there is no wildcard list '{name}'.",
                hint="Write the words.",
                field="prompt",
            )

    def check(self, owner: str, request: GenerationRequest) -> None:
        """Refuse a request that is larger than somebody may make.

        Raises:
            InvalidRequest: it is; the field says what is too large.
            JobsRefused: the guest's link has ended.
        """
        limits = self._of(owner)
        if limits is None:
            return
        pictures = request.image_count * (request.video.frames if request.video else 1)
        if pictures > limits.pictures_per_job:
            raise _too_much("batch_count", f"{pictures:,} pictures", f"{limits.pictures_per_job:,} in one job")
        if max(_steps(request)) > limits.most_steps:
            raise _too_much("steps", f"{max(_steps(request))} steps", f"{limits.most_steps}")
        if _pixels(request) > limits.most_pixels:
            pixels = f"{_pixels(request) / 1e6:.1f} million pixels"
            raise _too_much("width", pixels, f"{limits.most_pixels / 1e6:.1f} million")

    def check_upload(self, owner: str) -> None:
        """Refuse what somebody brings who has brought as much as they may; the last one may go beyond it.

        Raises:
            JobsRefused: they have, or their link has ended.
        """
        limits = self._of(owner)
        if limits is not None and self._brought.get(owner, 0) >= limits.upload_bytes:
            raise JobsRefused(
                f"You have brought {limits.upload_bytes // 2**20:,} MB, which is what guests may bring.",
                hint="Start from pictures that you have brought already.",
            )

    def count_upload(self, owner: str, size: int) -> None:
        """Count the bytes of what somebody has brought."""
        with self._lock:
            if owner in self._limits:
                self._brought[owner] = self._brought.get(owner, 0) + size

    @contextmanager
    def room(self, owner: str, jobs: int = 1) -> Iterator[None]:
        """Hold the place of so many jobs while they are enqueued in the block.

        Raises:
            JobsRefused: somebody has too many already, or their link has ended.
            StorageUnavailable: it cannot be counted.
        """
        if not owner.startswith(GUEST_PREFIX) and owner not in self._limits:
            yield
            return
        with self._lock:
            limits = self._of(owner)
            if limits is not None:
                _check_room(limits, *self._counted(owner), jobs)
            yield

    def _of(self, owner: str) -> JobLimits | None:
        limits = self._limits.get(owner)
        if limits is None and owner.startswith(GUEST_PREFIX):
            raise JobsRefused("The link that you came by has ended.", hint="Ask for a new one.")
        return limits


def _check_room(limits: JobLimits, active: int, ever: int, more: int) -> None:
    if active + more > limits.waiting and active:
        raise JobsRefused(f"You have {_jobs(active)} waiting; wait until one is done.")
    if active + more > limits.waiting:
        raise JobsRefused(f"This makes {_jobs(more)}, and you may have {limits.waiting} waiting.", hint="Ask for less.")
    if limits.in_all is not None and ever + more > limits.in_all:
        raise JobsRefused(
            f"This link gives each guest {_jobs(limits.in_all)}, and you have made {ever:,}.",
            hint="Ask for a new link to go on.",
        )


def _jobs(number: int) -> str:
    return "1 job" if number == 1 else f"{number:,} jobs"


def _too_much(field: str, asked: str, most: str) -> InvalidRequest:
    return InvalidRequest(f"{field}: {asked} are more than guests may ask for.", hint=f"At most {most}.", field=field)


def _steps(request: GenerationRequest) -> tuple[int, int]:
    return request.steps, request.hires.steps if request.hires else 0


def _pixels(request: GenerationRequest) -> int:
    """Of the largest picture on the way."""
    width, height, hires = request.width, request.height, request.hires
    if hires is None:
        return width * height
    ratios = [target / side for target, side in ((hires.width, width), (hires.height, height)) if target]
    factor = max(1.0, *ratios) if ratios else hires.scale
    return round(width * factor) * round(height * factor)
