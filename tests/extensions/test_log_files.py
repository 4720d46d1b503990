from pathlib import Path

import pytest

from webui.extensions import log_files
from webui.extensions.log_files import close_log, log_of, read_log


def test_a_log_is_a_file_of_its_own_and_nothing_else_hears_it(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "logs" / "film.log"
    log = log_of("log_test", path)
    assert read_log(path) == "" and not path.exists()
    log.info("ready")
    assert "INFO ready" in read_log(path)
    assert log_of("log_test", path) is log and len(log.handlers) == 1
    assert "ready" not in caplog.text
    close_log("log_test")


def test_a_log_that_grows_for_ever_is_cut_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_files, "MAX_LOG_BYTES", 5000)
    monkeypatch.setattr(log_files, "_KEPT_BYTES", 1000)
    log = log_of("log_test", tmp_path / "film.log")
    for index in range(500):
        log.info("step %d", index)
    assert (tmp_path / "film.log").stat().st_size < 6000
    assert "step 499" in read_log(tmp_path / "film.log") and "step 100" not in read_log(tmp_path / "film.log")
    close_log("log_test")


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    log_of("log_test", tmp_path / "file" / "film.log").error("lost")
    close_log("log_test")
