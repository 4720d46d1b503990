import pytest

from tests.generation.recordings import ID, summary
from webui.generation.exported_steps import ExportedStep, View, exported_infotext, picture_request
from webui.generation.infotext_reader import read_infotext
from webui.generation.request import GenerationRequest


def test_an_exported_step_says_which_it_is_after_the_pictures_own_parameters() -> None:
    text = exported_infotext(summary(20), 0, [8], View.X0)
    assert text.startswith("a boat, 猫\nSteps: 20, Sampler: Euler, ")
    assert f", Exported recording: {ID}, Exported step: 8 of 20, Exported view: x0, Version: Darkroom " in text


def test_a_film_or_sheet_says_which_steps_it_shows() -> None:
    assert "Exported steps: 0 to 20 of 20, Exported view: xt" in exported_infotext(summary(20), 0, range(21), View.XT)


def test_each_picture_of_a_recording_has_its_own_seed() -> None:
    request = picture_request(summary(pictures=3, batch_size=3), 2)
    assert (request.seed, request.batch_size, request.model) == (7, 1, "tiny")
    assert ", Seed: 7, " in exported_infotext(summary(pictures=3), 2, [1], View.X0)


def test_which_step_it_was_is_read_back_and_the_rest_is_the_pictures_request() -> None:
    recording = summary(20, pictures=2)
    read = read_infotext(exported_infotext(recording, 1, [8], View.XT))
    assert read.notes == ()
    assert GenerationRequest.parse(read.values) == picture_request(recording, 1)
    assert ExportedStep.read(read.left_over) == ExportedStep(ID, 1, 8, 20, View.XT)


@pytest.mark.parametrize(
    "changed",
    [
        {"Exported step": "8"},
        {"Exported step": "eight of 20"},
        {"Exported step": "0 to 8 of 20"},
        {"Exported recording": "../../etc/passwd"},
        {"Exported view": "delta"},
    ],
)
def test_what_is_no_exported_step_is_none(changed: dict[str, str]) -> None:
    known = {"Exported recording": ID, "Exported step": "8 of 20", "Exported view": "x0"}
    assert ExportedStep.read(known) == ExportedStep(ID, 0, 8, 20, View.X0)
    assert ExportedStep.read(known | changed) is None
    assert ExportedStep.read({}) is None
