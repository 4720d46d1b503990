from pathlib import Path

import pytest

from tests.model_manager.downloads.model_host import model_bytes, model_host
from webui.cli.main import main


def test_a_model_is_downloaded_to_its_folder_and_a_wrong_one_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    models = tmp_path / "models"
    models.mkdir()
    monkeypatch.setenv("DARKROOM_MODELS_DIRS", f'["{models}"]')
    monkeypatch.setenv("DARKROOM_DOWNLOADS_FROM_THIS_COMPUTER", "true")
    folders = ["--data-dir", str(tmp_path / "data")]
    with model_host() as host:
        address = host.put("/sea.safetensors", model_bytes(tmp_path))
        assert main(["models", "download", address, *folders]) == 0
        assert capsys.readouterr().out.strip() == str(models / "checkpoints" / "sea.safetensors")
        assert main(["models", "download", address, "--sha256", "0" * 64, *folders]) == 2
        assert "not the file that was promised" in capsys.readouterr().err
    assert main(["models", "download", "nonsense", *folders]) == 2
    assert [path.name for path in models.rglob("*") if path.is_file()] == ["sea.safetensors"]
