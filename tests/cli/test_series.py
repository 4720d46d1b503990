import json
from pathlib import Path

import pytest
from PIL import Image

from tests.engine.engines import FACTORY
from tests.engine.fake_model import make_model
from webui.cli.main import main
from webui.cli.series import make, pictures_of
from webui.errors import InvalidRequest
from webui.library.inputs import InputStore
from webui.settings import Settings


def test_a_batch_over_a_folder_makes_each_picture_in_the_order_of_their_names(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for name, colour in (("b.png", "green"), ("a.jpg", "red")):
        Image.new("RGB", (64, 64), colour).save(folder / name)
    (folder / "notes.txt").write_text("no picture")
    make_model(tmp_path / "models")
    settings = Settings(data_dir=tmp_path / "data", models_dirs=(tmp_path / "models",))
    pictures = pictures_of(folder, InputStore(settings.data_dir))
    request = {"prompt": "a boat", "seed": 7, "steps": 2, "width": 64, "height": 64}
    said: list[str] = []
    wanted = {"kind": "batch", "request": request, "pictures": pictures}
    done = make(settings, wanted, said.append, generator_factory=FACTORY)
    assert [cell.request.picture_ids for cell in done.cells if cell.request] == [(picture,) for picture in pictures]
    # The fake generator makes one and the same picture of both.
    assert len(said) == 2
    assert all(Path(path).is_file() for path in said)


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="There are no pictures in the folder"):
        pictures_of(tmp_path, InputStore(tmp_path / "data"))


def test_a_file_that_is_no_series_is_one_line_and_exit_code_two(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "plot.json"
    for text, words in (("{", "cannot be read as JSON"), (json.dumps({"kind": "dance"}), "kind: it must be one of")):
        file.write_text(text)
        assert main(["series", str(file), "--data-dir", str(tmp_path / "data")]) == 2
        assert words in capsys.readouterr().err
