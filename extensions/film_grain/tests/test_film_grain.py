import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from webui.testing import Studio

pytest_plugins = ["webui.testing"]

GREY = Image.new("RGB", (96, 96), (128, 128, 128))
PNG = {"content-type": "image/png"}
LOOK = {"amount": 0.4, "size": 1.2, "tones": "midtones", "monochrome": True}


def _deviation(picture: Image.Image) -> float:
    return float(np.asarray(picture, dtype=float).std())


def test_a_picture_gets_grain_only_where_it_is_asked_for(make_picture: Callable[..., Image.Image]) -> None:
    plain = make_picture("a hill")
    assert make_picture("a hill", amount=0.0) == plain
    assert make_picture("a hill", amount=0.5) != plain


def test_the_same_seed_gives_the_same_grain(extension: Studio) -> None:
    grained = extension.module("grain").grained
    assert grained(GREY, **LOOK, seed=3) == grained(GREY, **LOOK, seed=3)
    assert grained(GREY, **LOOK, seed=3) != grained(GREY, **LOOK, seed=4)


def test_more_is_stronger_and_grey_grain_has_no_colour(extension: Studio) -> None:
    grained = extension.module("grain").grained
    weak, strong = (grained(GREY, **LOOK | {"amount": amount}, seed=1) for amount in (0.2, 0.8))
    assert _deviation(weak) * 3 < _deviation(strong)
    red, green, blue = strong.split()
    assert red == green == blue
    red, green, _ = grained(GREY, **LOOK | {"monochrome": False}, seed=1).split()
    assert red != green


@pytest.mark.parametrize(("tones", "strongest"), [("midtones", 128), ("shadows", 40)])
def test_grain_shows_where_it_is_wanted(extension: Studio, tones: str, strongest: int) -> None:
    grained = extension.module("grain").grained
    found = {
        level: _deviation(grained(Image.new("L", (96, 96), level).convert("RGB"), **LOOK | {"tones": tones}, seed=1))
        for level in (40, 128, 215)
    }
    assert max(found, key=lambda level: found[level]) == strongest


def test_larger_grains_are_smoother_from_pixel_to_pixel(extension: Studio) -> None:
    grained = extension.module("grain").grained
    fine, coarse = (
        np.asarray(grained(GREY, **LOOK | {"size": size}, seed=1), dtype=float)[..., 0] for size in (0.5, 3)
    )
    assert np.abs(np.diff(coarse)).mean() < np.abs(np.diff(fine)).mean() / 2


def test_a_film_for_every_picture_is_written_into_the_request(extension: Studio) -> None:
    assert extension.make("a hill", quick=True)[0].request.extras == {}
    extension.set(film="Pushed 3200")
    alone = extension.make("a hill", quick=True)[0].request.extras["film_grain"]
    assert (alone["amount"], alone["tones"]) == (0.6, "shadows")
    assert extension.make("a hill", quick=True, amount=0.1)[0].request.extras["film_grain"]["amount"] == 0.1


def test_a_plot_can_vary_the_film(extension: Studio) -> None:
    axis = next(axis for axis in extension.hooks.plot_axes() if axis.name == "Film")
    fields: dict = {"extras": {"other": {"a": 1}}}
    axis.change(fields, axis.read(["fine 100"])[0])
    assert fields["extras"]["film_grain"]["amount"] == 0.15
    assert fields["extras"]["other"] == {"a": 1}
    with pytest.raises(ValueError, match="no film 'Wet plate'"):
        axis.read(["Wet plate"])


def test_the_tab_can_try_grain_on_a_picture(extension: Studio) -> None:
    file = BytesIO()
    GREY.save(file, format="PNG")
    answer = extension.client.post("/develop", params=LOOK, content=file.getvalue(), headers=PNG)
    assert answer.headers["content-type"] == "image/png"
    expected = extension.module("grain").grained(GREY, **LOOK, seed=0)
    assert Image.open(BytesIO(answer.content)).tobytes() == expected.tobytes()
    broken = extension.client.post("/develop", params=LOOK, content=b"no picture", headers=PNG)
    assert broken.status_code == 422
    assert set(extension.client.get("/films").json()) >= {"Fine 100", "Classic 400"}


def test_the_command_puts_grain_over_a_file(
    extension: Studio, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    GREY.save(tmp_path / "grey.png")
    out = tmp_path / "out.png"
    assert extension.command("develop", picture=str(tmp_path / "grey.png"), out=str(out)) == 0
    assert _deviation(Image.open(out)) > 3
    assert extension.command("develop", picture="x", out="y", film="Wet plate") == 2
    assert "There is no film" in capsys.readouterr().out


def test_each_film_is_one_that_the_controls_take(extension: Studio) -> None:
    films = extension.module("films")
    for look in films.FILMS.values():
        assert {control.name: control.checked(look[control.name], "film") for control in films.CONTROLS} == look
    assert json.dumps(films.FILMS)
