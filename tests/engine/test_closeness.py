from pathlib import Path

from tests.engine.recordings import write_recording
from webui.engine.closeness import closeness_notes
from webui.library.trajectory_files import read_summary


def test_the_same_model_on_the_same_device_needs_no_word(tmp_path: Path) -> None:
    header = read_summary(write_recording(tmp_path)).header
    assert closeness_notes(header, model=header.model, device="cpu", dtype="float32") == []


def test_each_difference_is_one_sentence(tmp_path: Path) -> None:
    header = read_summary(write_recording(tmp_path, fingerprint="1")).header
    other = header.model.model_copy(update={"fingerprint": "2"})
    assert closeness_notes(header, model=other, device="cuda", dtype="bfloat16") == [
        "The recording was made with other weights called 'tiny': what follows is not what that model would have made.",
        "The recording was made on cpu and goes on on cuda: close to the original, not identical.",
        "The recording was made in float32 and goes on in bfloat16: close to the original, not identical.",
    ]
    renamed = other.model_copy(update={"name": "another"})
    (note,) = closeness_notes(header, model=renamed, device="cpu", dtype="float32")
    assert note.startswith("The recording was made with the model 'tiny': ")
    copied = header.model.model_copy(update={"name": "a copy of the same weights"})
    assert closeness_notes(header, model=copied, device="cpu", dtype="float32") == []
