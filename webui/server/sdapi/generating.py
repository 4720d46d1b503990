"""From a posted request to its answer: what txt2img and img2img do, in a thread that waits for the pictures."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from webui.access.principal import Principal
from webui.engine.engine import Engine
from webui.engine.looks import Wanted
from webui.errors import InvalidRequest
from webui.generation.request import GenerationRequest
from webui.generation.series import Options as SeriesOptions
from webui.generation.series import SeriesRequest
from webui.library.index import Picture
from webui.server.making import make
from webui.server.sdapi.answers import Outcome, info_of, parameters_of
from webui.server.sdapi.asked import Asked, RequestReader
from webui.server.sdapi.encoded_pictures import grid_of, in_base64
from webui.server.sdapi.fields import in_their_words
from webui.server.sdapi.generation_bodies import Generation
from webui.server.sdapi.options import Options, PostedOptions
from webui.server.sdapi.scripts import Scripts
from webui.server.sdapi.series_pictures import make_series
from webui.server.sdapi.tasks import Tasks
from webui.server.untold_paths import UntoldPaths


@dataclass(frozen=True, slots=True)
class _Made:
    """The pictures that a request became, the request as it was accepted, what was said, and the grid of a series."""

    request: GenerationRequest
    pictures: tuple[Picture, ...]
    said: tuple[str, ...] = ()
    grid: bytes | None = None


class Generating:
    """Makes pictures of A1111's requests. Threads may share it.

    Args:
        engine: makes them.
        options: what holds where a request says nothing else.
        reader: reads requests.
        scripts: reads their scripts.
        tasks: is told which job is whose task.
        paths: are told to administrators alone.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        options: Options,
        reader: RequestReader,
        scripts: Scripts,
        tasks: Tasks,
        paths: UntoldPaths,
    ) -> None:
        self._engine = engine
        self._options = options
        self._reader = reader
        self._scripts = scripts
        self._tasks = tasks
        self._paths = paths

    def answer(self, posted: Generation, principal: Principal, still_wanted: Wanted) -> dict[str, Any]:
        """Make what is asked for, and tell it as A1111 does.

        Raises:
            Refused: there is no such sampler (400), or no picture to start from (404).
            WebUIError: a value cannot be used, or as from `webui.server.making.make`.
        """
        began = time.time()
        overrides = PostedOptions.of_request(posted.override_settings)
        options = self._options.with_posted(overrides, place="override_settings.")
        try:
            wanted, wishes = self._scripts.read(posted)
            asked = Asked(wanted=wanted, wishes=wishes, options=options, principal=principal)
            requests = self._reader.requests(asked)
            if not posted.override_settings_restore_afterwards and principal.sees_everything:
                self._options.change(overrides)
            made = self._make(requests, asked, still_wanted)
        except InvalidRequest as error:
            raise in_their_words(error) from error
        outcome = self._outcome(made, asked, began)
        sent = outcome.files if wanted.send_images else ()
        return {
            "images": [in_base64(file, options) for file in sent],
            "parameters": parameters_of(posted),
            "info": info_of(outcome, self._engine.catalogue),
        }

    def _make(self, requests: Sequence[GenerationRequest], asked: Asked, still_wanted: Wanted) -> _Made:
        if asked.wishes.series is not None:
            return self._make_series(requests[0], asked.wishes.series, asked.principal, still_wanted)
        made = []
        with self._tasks.waiting(asked.wanted.force_task_id, asked.principal) as hear:
            for request in requests:
                made.append(make(self._engine, request, asked.principal, still_wanted, tell=hear))
        pictures = tuple(picture for each in made for picture in each.pictures)
        said = tuple(sentence for each in made for sentence in self._said_of(each.job.id))
        return _Made(made[0].job.request, pictures, said)

    def _make_series(
        self, request: GenerationRequest, options: SeriesOptions, principal: Principal, still_wanted: Wanted
    ) -> _Made:
        series, pictures = make_series(self._engine, SeriesRequest(request, options), principal, still_wanted)
        grid = self._engine.library.read(series.picture) if series.picture else None
        problems = tuple(f"{', '.join(cell.labels)}: {cell.problem}" for cell in series.cells if cell.problem)
        return _Made(series.wanted.request, pictures, problems, grid)

    def _said_of(self, job: str) -> list[str]:
        return [str(event.payload["text"]) for event in self._engine.hub.past(job) if event.type == "noted"]

    def _outcome(self, made: _Made, asked: Asked, began: float) -> Outcome:
        """As in A1111, a grid comes first where pictures are to be saved, too, or a plot was asked for."""
        wanted, wishes = asked.wanted, asked.wishes
        files = [self._engine.library.read(picture.id) for picture in made.pictures]
        gridded = wanted.save_images and not wanted.do_not_save_grid and asked.options.return_grid
        grid = made.grid
        if grid is None and gridded and wishes.series is None and len(files) > 1:
            grid = grid_of(files, made.pictures[0].infotext, made.request.model_dump_json())
        if grid is not None:
            files = [grid, *(files if wishes.lone_images else ())]
        return Outcome(
            request=made.request,
            pictures=made.pictures,
            files=files,
            has_grid=grid is not None,
            notes=self._notes((*asked.notes.said, *made.said), asked.principal),
            began=began,
        )

    def _notes(self, said: Sequence[str], principal: Principal) -> Sequence[str]:
        return said if principal.sees_everything else [self._paths.in_words(sentence) for sentence in said]
