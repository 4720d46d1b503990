"""Extensions, wheels and zip files that tests make on the fly."""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

WORKER = "from webui.extensions.api import hookimpl\n\n\n@hookimpl\ndef finish_image(image):\n    return image\n"


def manifest(
    name: str = "glow",
    version: str = "1.0",
    permissions: Sequence[str] = ("pictures",),
    requirements: Sequence[str] = (),
) -> str:
    """An extension.toml."""
    return (
        f'[extension]\nname = "{name}"\ntitle = "Glow"\nversion = "{version}"\nauthor = "Ann"\napi = 1\n'
        f"permissions = {list(permissions)}\nrequirements = {list(requirements)}\n"
    )


def files(
    name: str = "glow", version: str = "1.0", more: Mapping[str, str] | None = None, requirements: Sequence[str] = ()
) -> dict[str, str]:
    """The files of a small extension that finishes pictures, and more."""
    return {
        "extension.toml": manifest(name, version, requirements=requirements), "worker.py": WORKER, **(more or {})
    }  # fmt: skip


def write(folder: Path, content: Mapping[str, str]) -> Path:
    """Write files into a folder."""
    for name, text in content.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def zipped(path: Path, content: Mapping[str, str | bytes]) -> Path:
    """Write files into a zip file."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in content.items():
            archive.writestr(name, text)
    return path


def wheel(
    folder: Path, name: str, version: str, requires: Sequence[str] = (), content: Mapping[str, str] | None = None
) -> Path:
    """A wheel of one pure-Python package whose `VERSION` is its version."""
    folder.mkdir(parents=True, exist_ok=True)
    about = f"{name}-{version}.dist-info"
    needs = "".join(f"Requires-Dist: {each}\n" for each in requires)
    return zipped(
        folder / f"{name}-{version}-py3-none-any.whl",
        {
            **(content or {f"{name}/__init__.py": f"VERSION = {version!r}\n"}),
            f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}",
            f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            f"{about}/RECORD": "",
        },
    )


def tree(*folders: Path) -> set[str]:
    """Every file, link and folder below some folders."""
    return {str(path) for folder in folders for path in folder.rglob("*")}
