"""A picture and the recording of its walk, as the command line makes them, and commands on it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from webui.cli.main import main

STEPS = 6


@dataclass(frozen=True)
class Recorded:
    """`cat.png` and `cat.safetensors` in a folder; `flags` name the models and the data folder they were made with."""

    folder: Path
    flags: list[str]

    @property
    def file(self) -> Path:
        return self.folder / "cat.safetensors"

    @property
    def picture(self) -> Path:
        return self.folder / "cat.png"

    @property
    def data(self) -> Path:
        return Path(self.flags[-1])

    def resumed(self, out: Path, *flags: str) -> np.ndarray:
        """The pixels of the picture that comes of taking the recording up."""
        assert main(["trajectory", "resume", *self.flags, str(self.file), "--out", str(out), *flags]) == 0
        return pixels(out)

    def exported(self, out: Path, what: str, *flags: str) -> Path:
        """The exported file; nothing is left beside it."""
        named = ["--what", what, "--out", str(out)]
        assert main(["trajectory", "export", *self.flags, str(self.file), *named, *flags]) == 0
        assert [path.name for path in out.parent.iterdir() if path.name.startswith(".")] == []
        return out


def record(folder: Path, flags: list[str], *more: str) -> Recorded:
    """Make a picture in a folder and record its walk."""
    made = Recorded(folder, flags)
    files = ["--out", str(made.picture), "--trajectory", str(made.file)]
    assert main(["generate", *flags, "--model", "tiny", "--prompt", "the cat", "--seed", "5", *more, *files]) == 0
    return made


def pixels(file: Path) -> np.ndarray:
    """Height x width x 3."""
    with Image.open(file) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def refused(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> str:
    """The one line of a command that ends with exit code 2."""
    capsys.readouterr()
    try:
        code = main(arguments)
    except SystemExit as ended:
        code = ended.code
    told = capsys.readouterr()
    assert code == 2
    assert told.out == ""
    assert "Traceback" not in told.err
    assert told.err.count("\n") == 1
    return told.err
