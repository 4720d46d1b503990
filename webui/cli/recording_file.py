"""A recording in a file of the user's choice, for the sub-commands: what it says, and which model goes with it."""

import sys
from dataclasses import dataclass
from pathlib import Path

from webui.errors import InvalidRequest, ModelUnusable
from webui.generation.trajectory import RecordedModel, TrajectorySummary
from webui.library.trajectory_files import TrajectoryFiles, read_header, read_summary
from webui.model_manager.catalogue import Catalogue
from webui.model_manager.recording_models import RecordingModels, told_state


@dataclass(frozen=True, slots=True)
class Weights:
    """The model to go on with: its name and its fingerprint."""

    name: str
    fingerprint: str


class RecordingFile(TrajectoryFiles):
    """The recordings of a data folder, and one more that lies elsewhere.

    Args:
        data_dir: the data folder.
        file: the recording that is meant.

    Raises:
        InvalidRequest: there is no such file.
        TrajectoryUnreadable: it is no recording, truncated, too large, or says what cannot be.
    """

    def __init__(self, data_dir: Path, file: Path) -> None:
        super().__init__(data_dir)
        self.file = file
        self.summary = summary_of(file)

    def path(self, trajectory: str) -> Path:
        """The file for its own id; others are in the data folder."""
        return self.file if trajectory == self.summary.header.id else super().path(trajectory)


def summary_of(file: Path) -> TrajectorySummary:
    """What a recording's file says of itself.

    Raises:
        InvalidRequest: there is no such file.
        TrajectoryUnreadable: it is no recording, truncated, too large, or says what cannot be.
    """
    if not file.is_file():
        what = "it is a folder" if file.is_dir() else "there is no such file"
        raise InvalidRequest(f"The recording {file} cannot be read: {what}.", field="file")
    return read_summary(file)


def sides_of(file: Path, summary: TrajectorySummary) -> list[tuple[int, int]]:
    """Width and height of the pictures of each pass, in pixels.

    Raises:
        TrajectoryUnreadable: the file was changed since its summary was read.
    """
    places, scale = read_header(file).places, summary.header.model.latent_scale
    shapes = [places[f"pass{number}.start"].shape for number in range(len(summary.passes))]
    return [(shape[3] * scale, shape[2] * scale) for shape in shapes]


def weights_for(recorded: RecordedModel, catalogue: Catalogue, wanted: str | None) -> Weights:
    """The model of a recording, or the one that the user chose; what is not as it was is told on standard error.

    Raises:
        ModelUnusable: the recording's own is gone or has other weights, and the user chose none.
        ModelNotFound: there is none of the name that the user chose.
    """
    models = RecordingModels(catalogue)
    if wanted is None:
        state = models.state(recorded)
        if state != "same":
            raise ModelUnusable(
                told_state(recorded, state),
                hint="Choose one with --model NAME; what it makes of the recording is not the same.", field="model",
            )  # fmt: skip
        return Weights(recorded.name, recorded.fingerprint)
    entry = catalogue.find(wanted)
    found = models.fingerprint(entry)
    if found != recorded.fingerprint:
        print(
            f"The model '{entry.name}' is not the one of the recording ('{recorded.name}'): what it makes is not the "
            "same.",
            file=sys.stderr,
        )
    return Weights(entry.name, found)
