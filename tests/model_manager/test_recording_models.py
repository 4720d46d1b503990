import shutil
from pathlib import Path

import pytest

from webui.errors import ModelNotFound, ViewUnavailable
from webui.generation.trajectory import RecordedModel
from webui.model_manager.catalogue import Catalogue
from webui.model_manager.fingerprint import fingerprint
from webui.model_manager.recording_models import Chosen, RecordingModels, told_state

PREVIEW = {"preview_weights": ((0.0, 0.0, 0.0),) * 4, "preview_bias": (0.5, 0.5, 0.5)}


@pytest.fixture
def catalogue(tiny_models_dir: Path, tmp_path: Path) -> Catalogue:
    """The model 'tiny' in a folder of its own, and 'tiny-v' beside it."""
    for name in ("tiny", "tiny-v"):
        shutil.copytree(tiny_models_dir / "checkpoints" / name, tmp_path / "checkpoints" / name)
    return Catalogue((tmp_path,))


def _recorded(catalogue: Catalogue, name: str = "tiny") -> RecordedModel:
    return RecordedModel(
        name=name, fingerprint=fingerprint(catalogue.find(name)), family="Stable Diffusion 1", latent_channels=4,
        latent_scale=8, scheduler_config={}, **PREVIEW,
    )  # fmt: skip


def test_a_model_that_is_as_it_was_answers_for_itself(catalogue: Catalogue) -> None:
    models, recorded = RecordingModels(catalogue), _recorded(catalogue)
    assert models.state(recorded) == "same"
    assert models.chosen(recorded, None) == Chosen("tiny", recorded.fingerprint)
    assert models.chosen(recorded, "tiny").notes == ()
    assert told_state(recorded, "same") == ""


def test_other_weights_under_its_name_are_noticed_while_the_server_runs(catalogue: Catalogue) -> None:
    models, recorded = RecordingModels(catalogue), _recorded(catalogue)
    assert models.state(recorded) == "same"
    weights = next((catalogue.find("tiny").path / "unet").glob("*.safetensors"))
    content = bytearray(weights.read_bytes())
    content[-1000:] = bytes(1000)
    weights.write_bytes(content)
    assert models.state(recorded) == "changed"
    with pytest.raises(ViewUnavailable, match="'tiny' has other weights") as raised:
        models.chosen(recorded, None)
    assert raised.value.field == "model"


def test_a_model_that_is_gone_is_told_and_another_answers_with_a_note(catalogue: Catalogue) -> None:
    models, recorded = RecordingModels(catalogue), _recorded(catalogue).model_copy(update={"name": "lost"})
    assert models.state(recorded) == "gone"
    with pytest.raises(ViewUnavailable, match="'lost', with which this was recorded, is gone"):
        models.chosen(recorded, None)
    (note,) = models.chosen(recorded, "tiny-v").notes
    assert "'tiny-v'" in note
    assert models.chosen(recorded, "tiny").notes == ()  # the same weights under another name
    with pytest.raises(ModelNotFound):
        models.chosen(recorded, "nothing")


def test_a_recording_without_a_fingerprint_trusts_the_name(catalogue: Catalogue) -> None:
    recorded = _recorded(catalogue).model_copy(update={"fingerprint": ""})
    assert RecordingModels(catalogue).state(recorded) == "same"
