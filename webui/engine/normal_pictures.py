"""Measures what is normal for a model: some pictures of plain prompts, walked in the background. Torch.

The range of a model that comes with one is in its folder; those that are measured are kept in the data folder, as the
folders of models are people's own.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from webui.diffusion.latent_statistics import KINDS, channel_statistics, named
from webui.engine.point_walks import Load, PointPicture, PointWalk, PointWalks
from webui.exploring.normal_range import NormalRange, Statistics
from webui.generation.points import joined
from webui.generation.request import GenerationRequest
from webui.model_manager.catalogue.model_entry import ModelEntry
from webui.model_manager.kept_json import keep, read_kept

FOLDER = "normal"
NORMAL_FILE = "normal.json"
_SUBJECTS = (
    "a lighthouse", "a castle", "a windmill", "a red house", "a sailboat", "a hot air balloon", "a lone tree",
    "a landscape",
)  # fmt: skip
_PLACES = ("by the sea at sunset", "on green hills by day", "in the mountains at dawn", "in the snow at night")
PROMPTS: tuple[str, ...] = tuple(f"{subject} {place}" for subject in _SUBJECTS for place in _PLACES)
"""Plain prompts that a model of any kind can follow, and the one that comes with the program."""

TOGETHER = 4
"""Pictures that walk together: fewer take longer, more make others wait longer for their turn."""

_FIRST_SEED = 1_000
_FOLLOWED = ("steps", "cfg_scale", "sampler", "schedule", "distilled_guidance")


def statistics_of(made: PointPicture) -> dict[str, float]:
    """The statistics of a picture's latents; none of one that was lost."""
    return {} if made.lost else named(channel_statistics(made.latents))


def normal_requests(entry: ModelEntry, prompts: Sequence[str] = PROMPTS) -> list[GenerationRequest]:
    """A request for each prompt, each with a seed of its own, with what people start with for the model."""
    own = {field: entry.defaults[field] for field in _FOLLOWED if entry.defaults.get(field) is not None}
    plain = GenerationRequest(model=entry.name).with_changes(
        width=entry.default_width, height=entry.default_height, **own
    )
    return [plain.with_changes(prompt=prompt, seed=seed) for seed, prompt in enumerate(prompts, start=_FIRST_SEED)]


class NormalRanges:
    """The normal ranges of models, in files and in memory; what was walked for one stays if its asker goes away.

    Args:
        data_dir: the folder is there.
        walks: walks the pictures.
    """

    def __init__(self, data_dir: Path, walks: PointWalks) -> None:
        self._folder = data_dir / FOLDER
        self._walks = walks
        self._known: dict[str, NormalRange] = {}
        self._measured: dict[str, list[Statistics]] = {}

    def find(self, entry: ModelEntry, weights: str) -> NormalRange | None:
        """That of a model, if it is known."""
        key = _key(entry, weights)
        if key not in self._known:
            beside = _range_in(entry.path / NORMAL_FILE) if entry.path.is_dir() else None
            found = beside or _range_in(self._folder / f"{key}.json")
            if found is None:
                return None
            self._known[key] = found
        return self._known[key]

    def measuring(self, entry: ModelEntry, weights: str, load: Load) -> "Measuring":
        """The measurement of a model's range, as far as it came."""
        done = self._measured.setdefault(_key(entry, weights), [])
        return Measuring(done, normal_requests(entry), self._walks, load)

    def keep(self, entry: ModelEntry, weights: str, found: NormalRange) -> None:
        """Know it from now on."""
        key = _key(entry, weights)
        self._known[key] = found
        self._measured.pop(key, None)
        self._folder.mkdir(parents=True, exist_ok=True)
        keep(self._folder / f"{key}.json", found.as_json())


class Measuring:
    """A measurement, call by call.

    Args:
        done: the statistics of the pictures that were walked already, nothing for those that were lost; it grows.
        requests: for all of the pictures; those that follow each other differ as points of one walk may.
        walks: walks the pictures.
        load: gives the model.
    """

    def __init__(
        self, done: list[Statistics], requests: Sequence[GenerationRequest], walks: PointWalks, load: Load
    ) -> None:
        self._done = done
        self._requests = requests
        self._walks = walks
        self._load = load
        self._walk: PointWalk | None = None

    def call(self) -> NormalRange | None:
        """Make one call of the network; the range once all pictures are measured.

        Raises:
            WebUIError: the model cannot be loaded, or does not walk.
        """
        if len(self._done) >= len(self._requests):
            return NormalRange.of([each for each in self._done if each])
        if self._walk is None:
            left = self._requests[len(self._done) : len(self._done) + TOGETHER]
            self._walk = self._walks.begin(joined(left), self._load)
        made = self._walk.call()
        if made is not None:
            self._done.extend(statistics_of(each) for each in made)
            self._walk = None
        return None


def _range_in(file: Path) -> NormalRange | None:
    """What a file holds; nothing where it was kept by a version that compared pictures by other statistics."""
    found = NormalRange.from_json(read_kept(file))
    return found if found is not None and found.kinds == KINDS.keys() else None


def _key(entry: ModelEntry, weights: str) -> str:
    return hashlib.sha256(f"{entry.name}\n{weights}".encode()).hexdigest()[:32]
