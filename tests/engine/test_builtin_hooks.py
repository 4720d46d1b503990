"""Darkroom's own parts on the hooks of extensions: called first, and never marked, timed or silenced."""

from pathlib import Path
from typing import Any

import pytest

from tests.extensions.tried import enable_untried, extensions_in, write_extension
from webui.engine.builtin_hooks.control_axes import control_axis
from webui.engine.builtin_hooks.model_hashes import ModelHashes
from webui.engine.builtin_hooks.wildcards import Wildcards
from webui.engine.request_hooks import RequestHooks
from webui.errors import InvalidRequest
from webui.extensions.contributions import PictureInfo
from webui.extensions.controls import Choice, Control, Number, Slider, Switch, Text
from webui.extensions.host import ExtensionHost
from webui.extensions.sides import Side
from webui.generation.plot import plan_plot, read_axis
from webui.generation.plot_axes import AXES
from webui.generation.request import GenerationRequest
from webui.library.prompt_files import PromptFiles
from webui.model_manager.catalogue import Catalogue
from webui.model_manager.catalogue.model_entry import Hashes
from webui.model_manager.networks import NetworkFiles

GRAIN: tuple[Control, ...] = (
    Slider("amount", "Amount", 0.0, 1.0, 0.05, 0.2),
    Number("size", "Size", 1, 9, 1, 3),
    Switch("colour", "Colour"),
    Choice("stock", "Stock", ("Tri-X", "Portra")),
    Text("note", "Note"),
)


def _hooks(folder: Path) -> RequestHooks:
    (folder / "data").mkdir(exist_ok=True)
    (folder / "data" / "styles.csv").write_text('name,prompt,negative_prompt\nInk,"ink drawing of {prompt}",colour\n')
    return RequestHooks(extensions_in(folder), PromptFiles(folder / "data"))


def test_styles_are_put_into_the_prompts_before_extensions_see_them(tmp_path: Path) -> None:
    web = "@hookimpl\ndef prepare_request(request):\n    return {'prompt': request.prompt.upper()}"
    write_extension(tmp_path, "loud", web)
    enable_untried(tmp_path, "loud")
    prepared = _hooks(tmp_path).prepared(GenerationRequest(prompt="a cat", styles=("Ink",)))
    assert (prepared.prompt, prepared.negative_prompt, prepared.styles) == ("INK DRAWING OF A CAT", "colour", ())


def test_a_style_that_is_not_there_is_told_by_its_field(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="there is no style 'Oil'") as refused:
        _hooks(tmp_path).prepared(GenerationRequest(styles=("Oil",)))
    assert refused.value.field == "styles"


def test_wildcards_are_a_syntax_like_any_other() -> None:
    host = ExtensionHost(Side.WORKER)
    host.add_builtin("wildcards", Wildcards({"colours": ["red"]}.get))
    ((syntax,),) = [gathered.value for gathered in host.gather("register_prompt_syntax")]
    assert syntax.resolve("a __colours__ {cat|cat}", PictureInfo(seed=3)) == "a red cat"


def test_model_hashes_are_written_by_the_hook_as_far_as_they_are_known(tiny_models_dir: Path, tmp_path: Path) -> None:
    catalogue = Catalogue((tiny_models_dir,), tmp_path)
    writer = ModelHashes(catalogue, NetworkFiles(catalogue))
    request = GenerationRequest(model="tiny")
    assert writer.write_infotext(request) == {}
    catalogue.learn_hashes(catalogue.find("tiny"), Hashes(sha256="ab" * 32, autov2="ab" * 5))
    assert writer.write_infotext(request) == {"Model hash": "ab" * 5}
    assert writer.write_infotext(GenerationRequest(model="gone")) == {}


def test_every_axis_of_the_request_is_there_and_each_control_of_what_is_on(tmp_path: Path) -> None:
    write_extension(tmp_path, "film_grain", "@hookimpl\ndef register_controls():\n    return []")
    enable_untried(tmp_path, "film_grain", controls=GRAIN)
    names = [axis.name for axis in _hooks(tmp_path).plot_axes()]
    assert names[: len(AXES)] == [axis.name for axis in AXES]
    assert names[len(AXES) :] == [f"film_grain: {control.name}" for control in GRAIN]


@pytest.mark.parametrize(
    ("control", "typed", "values"),
    [
        (GRAIN[0], "0-1 [3]", [0.0, 0.5, 1.0]),
        (GRAIN[1], "1-3", [1, 2, 3]),
        (GRAIN[2], "yes, off", [True, False]),
        (GRAIN[3], "portra, Tri-X", ["Portra", "Tri-X"]),
        (GRAIN[4], 'a, "b, c"', ["a", "b, c"]),
    ],
)
def test_an_axis_of_a_control_reads_the_values_that_it_takes(control: Control, typed: str, values: list[Any]) -> None:
    axis = control_axis("film_grain", control)
    x = read_axis("x", f"film_grain: {control.name}", typed, [*AXES, axis])
    nothing = [read_axis(field, "Nothing", "", AXES) for field in ("y", "z")]
    base = GenerationRequest(seed=1, extras={"film_grain": {"amount": 0.3}, "other": {"x": 1}})
    cells = plan_plot(base, [x, *nothing]).cells
    assert [cell.request.extras["film_grain"][control.name] for cell in cells if cell.request] == values
    assert all(cell.request is not None and cell.request.extras["other"] == {"x": 1} for cell in cells)


@pytest.mark.parametrize("control", GRAIN)
def test_the_example_of_an_axis_can_be_read(control: Control) -> None:
    axis = control_axis("film_grain", control)
    assert len(set(read_axis("x", axis.name, axis.example, [axis]).labels)) >= 2


@pytest.mark.parametrize(
    ("control", "typed", "words"),
    [(GRAIN[0], "0.5, 2", "from 0 to 1"), (GRAIN[1], "2.5", "no whole number"), (GRAIN[3], "Velvia", "one of Tri-X")],
)
def test_a_value_outside_the_control_is_told_of_the_axis(control: Control, typed: str, words: str) -> None:
    axis = control_axis("film_grain", control)
    with pytest.raises(InvalidRequest, match=words) as refused:
        read_axis("y", axis.name, typed, [axis])
    assert refused.value.field == "y"
