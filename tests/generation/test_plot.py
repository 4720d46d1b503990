import pytest

from webui.errors import InvalidRequest
from webui.generation.plot import Plot, describe_plot, plan_plot, read_axis
from webui.generation.plot_axes import AXES
from webui.generation.request import GenerationRequest

NOTHING = ("Nothing", "")


def _plan(
    x: tuple[str, str],
    y: tuple[str, str] = NOTHING,
    z: tuple[str, str] = NOTHING,
    request: GenerationRequest | None = None,
) -> Plot:
    axes = [read_axis(field, *axis, AXES) for field, axis in zip("xyz", (x, y, z), strict=True)]
    return plan_plot(request or GenerationRequest(prompt="a boat", seed=7, batch_count=3), axes)


def test_every_combination_is_one_picture_with_the_same_seed() -> None:
    plot = _plan(("Steps", "1-3"), ("CFG Scale", "2, 4"))
    assert plot.size == (3, 2, 1)
    made = [(cell.place, cell.request) for cell in plot.cells]
    assert [(place, r.steps, r.cfg_scale, r.seed, r.image_count) for place, r in made if r is not None] == [
        ((x, y, 0), x + 1, (2.0, 4.0)[y], 7, 1) for y in range(2) for x in range(3)
    ]


def test_models_change_least_whatever_axis_they_are_on() -> None:
    plot = _plan(("Checkpoint name", "one, two"), ("Steps", "1-3"), ("Prompt S/R", "boat, house"))
    models = [cell.request.model for cell in plot.cells if cell.request]
    assert models == ["one"] * 6 + ["two"] * 6
    prompts = [cell.request.prompt for cell in plot.cells if cell.request]
    assert prompts == (["a boat"] * 3 + ["a house"] * 3) * 2


def test_a_seed_axis_varies_the_seed() -> None:
    assert [cell.request.seed for cell in _plan(("Seed", "3-5")).cells if cell.request] == [3, 4, 5]


def test_a_combination_that_cannot_be_made_leaves_its_cell_and_not_the_rest() -> None:
    plot = _plan(("Sampler", "DDIM, Euler"), ("Schedule type", "Automatic, Karras"))
    empty = [cell for cell in plot.cells if cell.request is None]
    assert [cell.place for cell in empty] == [(0, 1, 0)]
    assert "DDIM cannot follow the schedule type Karras" in empty[0].problem


def test_two_axes_that_only_fit_together_are_judged_together() -> None:
    base = GenerationRequest(sampler="Euler", schedule="Karras")
    plot = _plan(("Sampler", "DDIM"), ("Schedule type", "Automatic"), request=base)
    assert plot.cells[0].request is not None


@pytest.mark.parametrize(
    ("x", "y", "field", "words"),
    [
        (("Steps", "1, x"), NOTHING, "x", "X axis, Steps: 'x' is no whole number"),
        (("Steps", ""), NOTHING, "x", "X axis, Steps: there are no values"),
        (
            NOTHING,
            ("Steps", "10, 500"),
            "y",
            "Y axis, Steps: Steps: 500: steps: 500 cannot be used: it must be at most",
        ),
        (("Wind", "1"), NOTHING, "x", "X axis: there is no parameter 'Wind'"),
        (("Steps", "1-20"), ("Seed", "1-6"), "x", "would have 120 pictures; at most 100"),
        (("Prompt S/R", "tree, house"), NOTHING, "x", "'tree' is not in the prompts"),
        (("Mask blur", "1"), NOTHING, "x", "it needs a mask"),
        (("Hires steps", "1"), NOTHING, "x", "it needs the hires fix"),
    ],
)
def test_bad_values_are_answered_with_their_axis(
    x: tuple[str, str], y: tuple[str, str], field: str, words: str
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        _plan(x, y)
    assert words in refused.value.message
    assert refused.value.field == field


def test_the_infotext_names_axes_as_a1111_does() -> None:
    typed = (("seed", "1-2"), ("Prompt S/R", 'boat, "a, b"'), NOTHING)
    axes = [read_axis(field, *axis, AXES) for field, axis in zip("xyz", typed, strict=True)]
    assert describe_plot(axes) == {
        "Script": "X/Y/Z plot",
        "X Type": "Seed",
        "X Values": "1-2",
        "Fixed X Values": "1, 2",
        "Y Type": "Prompt S/R",
        "Y Values": 'boat, "a, b"',
    }
