"""A new extension, written from the files in `new_extension/`: a working one, with tests, to begin from."""

from importlib.resources import files
from pathlib import Path

from webui.errors import ExtensionUnusable
from webui.extensions.manifest import MANIFEST_FILE, NAME, NAME_HINT, RESERVED, title_of

_FILES = {
    MANIFEST_FILE: "extension.toml.txt",
    "web.py": "web.py.txt",
    "worker.py": "worker.py.txt",
    "README.md": "README.md.txt",
    "tests/test_extension.py": "test_extension.py.txt",
}
"""What is written, and from which of our files. These end in .txt, as they are no modules of the program."""


def write_extension(folder: Path, name: str) -> Path:
    """Write an extension that works.

    Args:
        folder: where extensions are; it is made if it is missing.
        name: of the extension, and of its folder.

    Returns:
        The extension's folder.

    Raises:
        ExtensionUnusable: the name cannot be one, something of that name is there already, or the folder cannot be
            written.
    """
    if not NAME.fullmatch(name) or name in RESERVED:
        raise ExtensionUnusable(
            f"An extension cannot be called '{name[:40]}'.",
            hint=NAME_HINT,
            field="name",
        )
    written = folder / name
    title = title_of(name)
    texts = files("webui.extensions") / "new_extension"
    try:
        written.mkdir(parents=True)
        (written / "tests").mkdir()
        for target, source in _FILES.items():
            text = (texts / source).read_text("utf-8").replace("@NAME@", name).replace("@TITLE@", title)
            (written / target).write_text(text, "utf-8")
    except FileExistsError as error:
        raise ExtensionUnusable(f"{written} is there already.", hint="Choose another name.", field="name") from error
    except OSError as error:
        raise ExtensionUnusable(f"{written} cannot be written: {error.strerror}.", field="name") from error
    return written
