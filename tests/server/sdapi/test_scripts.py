from collections.abc import Iterator
from typing import Any

import pytest

from tests.engine.fake_model import make_model
from tests.extensions.tried import enable_untried, extensions_in, settings_in, write_extension
from webui.engine.engine import Engine
from webui.errors import InvalidRequest
from webui.extensions.controls import Slider, Switch
from webui.library.library import Library
from webui.model_manager.catalogue import Catalogue
from webui.server.sdapi.generation_bodies import ImageToImage, TextToImage
from webui.server.sdapi.scripts import Scripts, ScriptWishes

CONTROLS = (Slider("amount", "Amount", 0.0, 1.0, 0.05, default=0.2), Switch("colour", "Colour"))


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scripts]:
    """Those of an engine that is not started, with one extension that has two controls."""
    folder = tmp_path_factory.mktemp("scripts")
    make_model(folder / "models")
    write_extension(folder, "film_grain", "@hookimpl\ndef register_controls():\n    return []")
    toml = folder / "extensions" / "film_grain" / "extension.toml"
    toml.write_text(toml.read_text() + 'title = "Film grain"\n')
    enable_untried(folder, "film_grain", controls=CONTROLS)
    settings, extensions = settings_in(folder), extensions_in(folder)
    library = Library(settings.data_dir)
    yield Scripts(Engine(settings, Catalogue(settings.models_dirs), library, extensions=extensions))
    library.close()
    extensions.close()


def _read(
    scripts: Scripts, *, of_pictures: bool = False, **named: Any
) -> tuple[TextToImage | ImageToImage, ScriptWishes]:
    body = ImageToImage if of_pictures else TextToImage
    given = {name: {"args": arguments} for name, arguments in named.items()}
    return scripts.read(body.model_validate({"alwayson_scripts": given}))


@pytest.mark.parametrize("name", ["Film grain", "film grain", "FILM_GRAIN"])
def test_an_extension_is_a_script_by_its_title_or_name(scripts: Scripts, name: str) -> None:
    _, wishes = _read(scripts, **{name: [0.4, True]})
    assert wishes.extras == {"film_grain": {"amount": 0.4, "colour": True}}
    _, wishes = _read(scripts, **{name: {"colour": True}})
    assert wishes.extras == {"film_grain": {"colour": True}}


def test_extensions_are_listed_with_their_arguments(scripts: Scripts) -> None:
    assert "film grain" in scripts.names()["txt2img"]
    (info, _) = [each for each in scripts.infos() if each["name"] == "film grain"]
    assert info["is_alwayson"] is True
    amount, colour = info["args"]
    assert (amount["label"], amount["value"], amount["minimum"], amount["maximum"]) == ("Amount", 0.2, 0.0, 1.0)
    assert (colour["value"], colour["minimum"]) == (False, None)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("ControlNet", []),
        ("ControlNet", [{"enabled": False, "image": "x"}, {"enabled": False}]),
        ("ADetailer", [False]),
        ("ADetailer", [{"ad_model": "face", "ad_tab_enable": False}]),
        ("animatediff", [{"enable": False}]),
        ("Self Attention Guidance", [False, 0.75, 1.0]),
        ("reactor", ["data:image/png;base64,AA", False]),
    ],
)
def test_a_script_that_is_not_here_may_be_named_to_be_off(scripts: Scripts, name: str, arguments: list[Any]) -> None:
    _, wishes = _read(scripts, **{name: arguments})
    assert wishes == ScriptWishes()


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("ControlNet", [{"image": "x"}]),
        ("ControlNet", [{"enabled": False}, {"enabled": True}]),
        ("ADetailer", [True, {"ad_model": "face"}]),
        ("ADetailer", [{"ad_model": "face"}]),
        ("roop", ["data:image/png;base64,AA", True]),
        ("nosuch", [0]),
    ],
)
def test_a_script_that_is_not_here_is_refused_where_it_would_do_something(
    scripts: Scripts, name: str, arguments: list[Any]
) -> None:
    with pytest.raises(InvalidRequest, match=f"always on script {name} not found") as refused:
        _read(scripts, **{name: arguments})
    assert refused.value.field == "alwayson_scripts"


def test_scripts_of_a1111_itself_are_fields(scripts: Scripts) -> None:
    wanted, _ = _read(scripts, Seed=[5, False, 9, 0.5], Sampler=[7, "Heun", "Karras"], Refiner=[False, "x", 0.5])
    assert (wanted.seed, wanted.subseed, wanted.subseed_strength) == (5, -1, 0.0)
    assert (wanted.steps, wanted.sampler_name, wanted.scheduler) == (7, "Heun", "Karras")
    assert wanted.refiner_checkpoint is None
    assert wanted.model_fields_set >= {"seed", "steps"}
    assert "prompt" not in wanted.model_fields_set
    with pytest.raises(InvalidRequest, match="steps"):
        _read(scripts, Sampler=["many"])


def test_soft_inpainting_is_a_wish(scripts: Scripts) -> None:
    assert _read(scripts, of_pictures=True, **{"Soft Inpainting": [True, 1]})[1].soft
    assert not _read(scripts, of_pictures=True, **{"Soft Inpainting": [False, 1]})[1].soft
