"""The worker's side of the latent inspector, with real tiny models of 4 and of 16 channels."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.engine.studio import Studio
from webui.diffusion.forward_process import round_trip
from webui.diffusion.start import as_tensor
from webui.engine.generate import Generator, create
from webui.engine.latent_vectors import FOLDER
from webui.engine.looks import (
    Answered,
    LatentSource,
    LibraryPicture,
    LookLatentDistance,
    LookLatents,
    LookNearestLatents,
    LookStep,
    PictureLatents,
    RecordedLatents,
)
from webui.errors import InvalidRequest
from webui.generation.latent_edits import ScaleChannel, SwapChannels
from webui.library.inputs import InputStore
from webui.library.library import picture_id
from webui.model_manager.manager import LoadedModel

SIDE = 64


@pytest.fixture(scope="module")
def studio(tiny_models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Studio:
    return Studio(tiny_models_dir, tmp_path_factory.mktemp("latents"))


@pytest.fixture(scope="module")
def flows(flow_models: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Generator, InputStore]:
    data = tmp_path_factory.mktemp("flow-latents")
    return create([flow_models.parent], data), InputStore(data)


def _picture(seed: int = 1) -> Image.Image:
    colours = np.random.default_rng(seed).integers(0, 256, (4, 4, 3), np.uint8)
    return Image.fromarray(colours).resize((SIDE, SIDE), Image.Resampling.BICUBIC)


def _source(inputs: InputStore, seed: int = 1) -> PictureLatents:
    return PictureLatents(picture=inputs.add(_picture(seed)), width=SIDE, height=SIDE)


def _decoded(answer: Answered) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(answer.parts[0])))


def _loaded(generator: Generator, model: str) -> LoadedModel:
    loaded = generator._manager.in_use(model)  # what just answered
    assert loaded is not None
    return loaded


@pytest.mark.parametrize(("model", "channels"), [("tiny", 4), ("sd3", 16), ("dev", 16)])
def test_without_edits_it_is_the_round_trip_of_the_autoencoder(
    studio: Studio, flows: tuple[Generator, InputStore], model: str, channels: int
) -> None:
    generator, inputs = (studio.generator, studio.inputs) if model == "tiny" else flows
    answer = generator.look(LookLatents(source=_source(inputs), model=model))
    assert np.array_equal(_decoded(answer), round_trip(_loaded(generator, model).family, as_tensor([_picture()])))
    assert len(answer.values["channels"]) == channels
    assert (answer.values["moved"]["rms"], answer.values["latent_width"]) == (0.0, SIDE // 8)


def test_channels_are_shown_and_counted(studio: Studio) -> None:
    source = _source(studio.inputs)
    plain = studio.generator.look(LookLatents(source=source, model="tiny"))
    family = _loaded(studio.generator, "tiny").family
    latents = family.encode_pictures(as_tensor([_picture()]))[0].float()
    shown = np.asarray(Image.open(io.BytesIO(plain.parts[1])))
    assert (shown.ndim, plain.values["columns"]) == (2, 8)
    for number, channel in enumerate(plain.values["channels"]):
        assert channel["mean"] == pytest.approx(float(latents[number].mean()), abs=1e-5)
        assert channel["least"] == pytest.approx(float(latents[number].min()), abs=1e-5)
        assert sum(channel["histogram"]) == latents[number].numel()
        cell = shown[:8, number * 8 : number * 8 + 8]
        assert cell.ravel()[int(latents[number].argmax())] == 255


def test_an_edit_shows_in_the_picture_and_keeps_the_scale_of_its_channel(studio: Studio) -> None:
    source = _source(studio.inputs)
    plain = studio.generator.look(LookLatents(source=source, model="tiny"))
    moved = studio.generator.look(
        LookLatents(source=source, model="tiny", edits=(ScaleChannel(channel=1, factor=0.0, shift=9.0),))
    )
    before, after = plain.values["channels"], moved.values["channels"]
    assert after[1]["mean"] == pytest.approx(9.0)
    assert (after[1]["low"], after[1]["high"]) == (before[1]["low"], before[1]["high"])
    assert [after[n] for n in (0, 2, 3)] == [before[n] for n in (0, 2, 3)]
    assert moved.values["moved"]["rms"] > 1
    assert not np.array_equal(_decoded(plain), _decoded(moved))


def test_a_recordings_end_is_decoded_as_its_last_step(studio: Studio) -> None:
    recording = studio.walked()
    trajectory = _only_recording(studio)
    answer = studio.generator.look(LookLatents(source=RecordedLatents(trajectory=trajectory), model="tiny"))
    last = recording.trajectory.positions
    step = LookStep(trajectory=trajectory, step=last, view="x0", model="tiny")
    assert answer.parts[0] == studio.generator.look(step).parts[0]


def test_the_distance_of_two_pictures_is_that_of_their_latents(studio: Studio) -> None:
    one, other = _source(studio.inputs, 1), _source(studio.inputs, 2)
    values = studio.generator.look(LookLatentDistance(one=one, other=other, model="tiny")).values
    family = _loaded(studio.generator, "tiny").family
    a, b = (family.encode_pictures(as_tensor([_picture(seed)])).float() for seed in (1, 2))
    assert values["euclidean"] == pytest.approx(float((a - b).norm()), rel=1e-4)
    assert [each["euclidean"] for each in values["channels"]] == pytest.approx(
        (a - b).flatten(2).norm(dim=2)[0].tolist(), rel=1e-4
    )
    same = studio.generator.look(LookLatentDistance(one=one, other=one, model="tiny")).values
    assert (same["euclidean"], round(same["cosine"], 6)) == (0.0, 1.0)


def test_latents_of_two_sizes_are_not_compared(studio: Studio) -> None:
    one = _source(studio.inputs)
    other = one.model_copy(update={"width": 128})
    _refused(studio, LookLatentDistance(one=one, other=other, model="tiny"), field="other")


def _kept_file(data: Path, name: str, seed: int) -> LibraryPicture:
    file = io.BytesIO()
    _picture(seed).save(file, format="PNG")
    (data / "outputs").mkdir(exist_ok=True)
    (data / "outputs" / name).write_bytes(file.getvalue())
    return LibraryPicture(id=picture_id(file.getvalue()), path=f"outputs/{name}")


def test_the_nearest_pictures_come_first_and_their_vectors_are_kept(studio: Studio) -> None:
    among = tuple(_kept_file(studio.data_dir, f"{seed}.png", seed) for seed in (5, 1, 7))
    picture = studio.inputs.add(_picture(1))
    question = LookNearestLatents(picture=picture, among=among, count=2, model="tiny", weights="abc")
    found = studio.generator.look(question).values
    assert found["compared"] == 3
    assert next(each["picture"] for each in found["nearest"]) == among[1].id
    assert found["nearest"][0]["rms"] == 0.0 < found["nearest"][1]["rms"]
    assert (studio.data_dir / FOLDER / "abc.safetensors").is_file()
    for each in among:
        (studio.data_dir / each.path).unlink()
    assert studio.generator.look(question).values == found


def test_what_is_gone_or_outside_the_data_folder_is_left_out(studio: Studio) -> None:
    outside = studio.data_dir.parent / "outside.png"
    _picture(3).save(outside)
    among = (
        LibraryPicture(id="1" * 32, path="outputs/gone.png"),
        LibraryPicture(id="2" * 32, path="../outside.png"),
        _kept_file(studio.data_dir, "there.png", 4),
    )
    question = LookNearestLatents(picture=studio.inputs.add(_picture(1)), among=among, model="tiny")
    assert [each["picture"] for each in studio.generator.look(question).values["nearest"]] == [among[2].id]


@pytest.mark.parametrize("edit", [ScaleChannel(channel=4), SwapChannels(one=7, other=0)])
def test_an_edit_that_does_not_fit_is_refused(studio: Studio, edit: Any) -> None:
    with pytest.raises(InvalidRequest, match="channel"):
        studio.generator.look(LookLatents(source=_source(studio.inputs), edits=(edit,), model="tiny"))


def test_sizes_that_the_model_does_not_take_are_refused(flows: tuple[Generator, InputStore]) -> None:
    generator, inputs = flows
    source: LatentSource = _source(inputs).model_copy(update={"height": 72})
    with pytest.raises(InvalidRequest) as refused:
        generator.look(LookLatents(source=source, model="dev"))
    assert refused.value.field == "height"


def _refused(studio: Studio, question: LookLatentDistance, field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        studio.generator.look(question)
    assert refused.value.field == field


def _only_recording(studio: Studio) -> str:
    (found,) = (studio.data_dir / "trajectories").glob("*.safetensors")
    return found.stem
