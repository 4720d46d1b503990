"""Waiting for a series: the pictures of an X/Y/Z plot or a loopback, for a caller that waits for all of them."""

import time
from collections.abc import Sequence

from webui.access.principal import Principal
from webui.engine.engine import Engine
from webui.engine.looks import Wanted
from webui.engine.series_record import Series, SeriesStatus
from webui.errors import GenerationFailed, JobNotFound, PictureNotFound
from webui.generation.series import SeriesRequest
from webui.library.index import Picture
from webui.server.making import NotMade

_LOOK_SECONDS = 0.1


def make_series(
    engine: Engine, wanted: SeriesRequest, principal: Principal, still_wanted: Wanted
) -> tuple[Series, tuple[Picture, ...]]:
    """Begin a series and wait for its end; its pictures in the order of its cells. Blocks its thread.

    Raises:
        NotMade: nobody waits any more; the series is cancelled then.
        GenerationFailed: none of the pictures could be made.
        WebUIError: as from `SeriesKeeper.begin`, which cannot accept it.
    """
    series = engine.series.begin(wanted, principal.owner)
    while (series := engine.series.find(series.id)).active:
        if not still_wanted():
            engine.series.cancel(series.id)
            raise NotMade("Nobody waits for these pictures any more.")
        time.sleep(_LOOK_SECONDS)
    if series.status is SeriesStatus.FAILED:
        raise GenerationFailed(series.error or "The series failed.", hint=series.hint)
    return series, tuple(picture for job in series.jobs for picture in _pictures(engine, job))


def _pictures(engine: Engine, job: str) -> Sequence[Picture]:
    """The pictures of one cell; none where it was cancelled, failed, or its file is gone."""
    try:
        return [engine.library.find(picture) for picture in engine.job(job).images]
    except (JobNotFound, PictureNotFound):
        return []
