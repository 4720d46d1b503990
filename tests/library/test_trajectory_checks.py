import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.engine.recordings import write_recording
from tests.library.edited_recordings import edited, zeros
from webui.errors import TrajectoryUnreadable
from webui.library.raw_tensors import RawTensor
from webui.library.trajectory_files import read_summary

Tensors = dict[str, RawTensor]


def _refused(path: Path) -> str:
    """The sentence for a file that cannot be used."""
    with pytest.raises(TrajectoryUnreadable) as caught:
        read_summary(path)
    assert caught.value.hint
    assert "\n" not in caught.value.message
    assert len(caught.value.message) < 400
    return caught.value.message


def test_a_whole_recording_is_read(tmp_path: Path) -> None:
    summary = read_summary(write_recording(tmp_path, seeds=(7, 8), sampler="Heun", steps=6, guidance=True))
    assert (summary.positions, summary.complete, summary.header.guidance) == (11, True, True)
    assert len(summary.sigmas) == 12
    assert read_summary(write_recording(tmp_path, walked=3)).complete is False


def _set(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda summary: summary.update(values)


def _header(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda summary: summary["header"].update(values)


def _model(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda summary: summary["header"]["model"].update(values)


def _plan(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda summary: summary["passes"][0].update(values)


def _config(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda summary: summary["header"]["model"]["scheduler_config"].update(values)


EDITS: dict[str, tuple[Callable[[dict[str, Any]], None], str]] = {
    "no calls": (_set(calls=[]), "numbers of calls for 0"),
    "negative calls": (_set(calls=[-1]), "negative number"),
    "more calls than were planned": (_set(calls=[11], movement=[0.1] * 11), "11 calls, 10 timesteps"),
    "fewer calls than predictions": (_set(calls=[9], movement=[0.1] * 9), "predictions of the shape"),
    "a huge number of calls": (_set(calls=[10**12]), "1,000,000,000,000 calls"),
    "calls that are no numbers": (_set(calls=["many"]), "calls.0"),
    "movements of another number": (_set(movement=[0.1] * 4), "4 movements"),
    "a movement that is not a number": (_set(movement=[math.nan] * 10), "finite"),
    "no passes": (_set(passes=[], calls=[]), "0 passes"),
    "an unknown field": (_set(more=1), "extra inputs"),
    "an id that is a path": (_header(id="../../etc/passwd"), "header.id"),
    "an origin that is a path": (
        _header(origin={"trajectory": "../x", "step": 1, "picture": 0}), "header.origin.trajectory",
    ),
    "an unknown dtype": (_header(dtype="float64"), "float64"),
    "guidance that is not there": (_header(guidance=True), "not the guidance"),
    "no seeds": (_header(seeds=[]), "header.seeds"),
    "a negative seed": (_header(seeds=[-5]), "header.seeds.0"),
    "more seeds than pictures": (_header(seeds=[1, 2], variation_seeds=[-1, -1], places=[0, 1]), "start of the shape"),
    "other numbers of seeds and places": (_header(places=[0, 1]), "different numbers"),
    "more points than pictures": (
        lambda summary: summary["header"]["request"].update(points=[{}, {}], batch_size=2), "another number of points",
    ),
    "a request that cannot be": (_header(request={"steps": 10**9}), "header.request"),
    "another size": (
        lambda summary: summary["header"]["request"].update(width=128), "not the size of its request",
    ),
    "another number of channels": (_model(latent_channels=5), "preview map"),
    "no channels": (_model(latent_channels=0), "latent_channels"),
    "another scale": (_model(latent_scale=16), "not the size of its request"),
    "a long name": (_model(name="x" * 10_000), "header.model.name"),
    "a preview map for other latents": (_model(preview_weights=[[0, 0, 0]]), "preview map"),
    "a huge number of steps": (_plan(steps=10**9), "passes.0.steps"),
    "more calls than its steps can have": (_plan(steps=2), "10 calls of 2 steps"),
    "an unknown sampler": (_plan(sampler="__import__('os')"), "no sampler"),
    "an unknown schedule type": (_plan(schedule="nowhere"), "no schedule type"),
    "fewer noise levels": (_plan(sigmas=[1.0] * 10), "10 noise levels"),
    "a noise level that is not a number": (_plan(sigmas=[math.nan] * 11), "finite"),
    "an infinite noise level": (_plan(sigmas=[math.inf] * 11), "finite"),
    "a negative noise level": (_plan(sigmas=[-1.0] * 11), "noise level that cannot be"),
    "a huge timestep": (_plan(timesteps=[1e30] * 10), "timestep that cannot be"),
    "more left out than there are": (_plan(begin=900), "900 are left out"),
    "a negative option": (_plan(s_churn=-1.0), "option of the sampler"),
    "a scheduler of a billion timesteps": (_config(num_train_timesteps=10**9), "num_train_timesteps"),
    "a scheduler of a hundred thousand timesteps": (_config(num_train_timesteps=100_000), "100000 timesteps"),
    "a scheduler of half a timestep": (_config(num_train_timesteps=0.5), "0.5 timesteps"),
    "a scheduler with a huge list": (_config(trained_betas=[0.1] * 20_000), "trained_betas"),
    "a scheduler with a list in a list": (_config(trained_betas=[[0.1]]), "trained_betas"),
    "a scheduler with an object": (_config(x={"a": 1}), "with a x"),
    "a scheduler with a value that is not a number": (_config(beta_start=math.nan), "beta_start"),
    "a scheduler with a huge number": (_config(shift=1e300), "shift"),
    "a pass with a scheduler of its own": (
        _plan(scheduler_config={"num_train_timesteps": 10**5}), "100000 timesteps",
    ),
    "a scheduler of many fields": (_config(**{f"x{i}": 0 for i in range(200)}), "too many fields"),
}  # fmt: skip


@pytest.mark.parametrize("name", EDITS)
def test_a_summary_that_was_edited_by_hand_is_told_in_a_sentence(tmp_path: Path, name: str) -> None:
    change, expected = EDITS[name]
    message = _refused(edited(write_recording(tmp_path), summary=change))
    assert expected in message
    assert message.startswith("a" * 32 + ".safetensors says what cannot be: ")


def _without(name: str) -> Callable[[Tensors], None]:
    return lambda tensors: tensors.pop(name) and None


def _with(**changes: RawTensor) -> Callable[[Tensors], None]:
    return lambda tensors: tensors.update({name.replace("__", "."): value for name, value in changes.items()})


TENSOR_EDITS: dict[str, tuple[Callable[[Tensors], None], str]] = {
    "no start": (_without("pass0.start"), "start is missing"),
    "no predictions": (_without("pass0.predictions"), "predictions are missing"),
    "no random state": (_without("pass0.turn0.generators"), "random state"),
    "fewer predictions": (_with(pass0__predictions=zeros(9, 1, 4, 8, 8)), "(9, 1, 4, 8, 8)"),
    "smaller predictions": (_with(pass0__predictions=zeros(10, 1, 4, 4, 8)), "(10, 1, 4, 4, 8)"),
    "predictions of bytes": (_with(pass0__predictions=zeros(10, 1, 4, 8, 8, dtype="U8")), "predictions in U8"),
    "a start without rows": (_with(pass0__start=zeros(4, 8, 8)), "start of the shape"),
    "an empty start": (_with(pass0__start=zeros(1, 4, 0, 8)), "start of the shape"),
    "a start of bytes": (_with(pass0__start=zeros(1, 4, 8, 8, dtype="U8")), "start of the shape"),
    "a huge start": (_with(pass0__start=zeros(1, 4, 2048, 1)), "start of the shape"),
    "a random state of numbers": (_with(pass0__turn0__generators=zeros(1, 5056)), "random state"),
    "a long random state": (_with(pass0__turn0__generators=zeros(1, 20_000, dtype="U8")), "random state"),
    "parts in another dtype": (
        _with(
            pass0__conditional=zeros(10, 1, 4, 8, 8, dtype="F16"), pass0__negative=zeros(10, 1, 4, 8, 8, dtype="F16")
        ),
        "conditional in F16",
    ),
    "conditional alone": (_with(pass0__conditional=zeros(10, 1, 4, 8, 8)), "not the guidance"),
    "momentum of another shape": (_with(pass0__momentum=zeros(1, 1, 4, 8, 8)), "momentum"),
    "a mask alone": (_with(pass0__turn0__mask=zeros(1, 1, 8, 8)), "only a part"),
    "a mask of another size": (
        _with(
            pass0__turn0__mask=zeros(1, 1, 4, 4), pass0__turn0__clean=zeros(1, 4, 8, 8),
            pass0__turn0__noise=zeros(1, 4, 8, 8),
        ),
        "mask of the shape",
    ),
    "something seen of another size": (_with(pass0__turn0__seen=zeros(1, 5, 4, 4)), "seen of the shape"),
    "a second turn without being told": (_with(pass0__turn1__generators=zeros(1, 5056, dtype="U8")), "a tensor pass0"),
    "a foreign tensor": (_with(unet=zeros(1)), "a tensor unet"),
    "a tensor with a path for a name": (_with(**{"../../x": zeros(1)}), "a tensor ../../x"),
}  # fmt: skip


@pytest.mark.parametrize("name", TENSOR_EDITS)
def test_tensors_that_do_not_fit_the_summary_are_told_in_a_sentence(tmp_path: Path, name: str) -> None:
    change, expected = TENSOR_EDITS[name]
    assert expected in _refused(edited(write_recording(tmp_path), tensors=change))


@pytest.mark.parametrize(
    "turns",
    [
        "", "{", "1", "[1]", "[[1]]", "[[{}]]", "[[]]", "[]", "[[], []]", "[" * 100_000,
        '[[{"call": 1, "soft": false, "first": 0.0}]]',
        '[[{"call": 0, "soft": 1, "first": 0.0}]]',
        '[[{"call": 0, "soft": false, "first": NaN}]]',
        '[[{"call": 0, "soft": false, "first": 1e99}]]',
        '[[{"call": 0, "soft": false, "first": 0.0, "more": 1}]]',
        json.dumps([[{"call": 0, "soft": False, "first": 0.0}] * 2]),
        json.dumps([[{"call": 0, "soft": False, "first": 0.0}, {"call": 99, "soft": False, "first": 0.0}]]),
        json.dumps([[{"call": 0, "soft": False, "first": 0.0}] * 1_000]),
    ],
)  # fmt: skip
def test_turns_that_cannot_be_are_told_in_a_sentence(tmp_path: Path, turns: str) -> None:
    assert "says what cannot be" in _refused(
        edited(write_recording(tmp_path), texts=lambda texts: texts.update(turns=turns))
    )


def test_tensors_of_calls_that_were_never_made_are_told(tmp_path: Path) -> None:
    def never(tensors: Tensors) -> None:
        del tensors["pass0.predictions"]
        tensors["pass0.negative"] = zeros(0, 1, 4, 8, 8)

    path = edited(write_recording(tmp_path), summary=_set(calls=[0], movement=[]), tensors=never)
    assert "predictions are missing" in _refused(path)


def test_another_programs_file_and_another_version_are_told_apart(tmp_path: Path) -> None:
    path = write_recording(tmp_path)
    assert "of version 99; this program reads 1" in _refused(
        edited(path, texts=lambda texts: texts.update(version="99"))
    )
    assert "another program's" in _refused(edited(path, texts=lambda texts: texts.update(format="pt")))
    assert "another program's" in _refused(edited(path, texts=dict.clear))


@pytest.mark.parametrize("summary", ["", "{", "null", "[]", "[" * 100_000, '"x"', "9" * 10_000])
def test_a_summary_that_is_no_object_is_told(tmp_path: Path, summary: str) -> None:
    path = write_recording(tmp_path)
    assert "says what cannot be" in _refused(edited(path, texts=lambda texts: texts.update(summary=summary)))
