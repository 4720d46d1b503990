"""The model folders of other programs on this machine, to be offered: looked for where people keep them. No torch."""

from collections.abc import Iterable
from pathlib import Path

PROGRAMS = {
    "A1111": "stable-diffusion-webui",
    "Forge": "stable-diffusion-webui-forge",
    "Forge Neo": "sd-webui-forge-neo",
    "ComfyUI": "ComfyUI",
    "SD.Next": "sdnext",
    "Fooocus": "Fooocus",
    "InvokeAI": "invokeai",
}
"""What the programs' folders are called where nobody renamed them."""
_PARENTS = ("", "ai", "AI", "apps", "Documents", "Downloads", "src", "git", "StabilityMatrix/Packages")
HUB_CACHE = "Hugging Face's cache"


def found_folders(home: Path | None = None, known: Iterable[str] = ()) -> list[dict[str, str]]:
    """Folders with other programs' models: {"program", "folder"}, without those that are `known` already.

    Args:
        home: where to look; by default the user's own folder.
        known: what is looked through anyway.
    """
    home = home or Path.home()
    there = {str(Path(folder).expanduser()) for folder in known}
    found: list[dict[str, str]] = []
    for program, name in PROGRAMS.items():
        for parent in _PARENTS:
            folder = home / parent / name
            if _is_folder(folder / "models") and str(folder) not in there and str(folder / "models") not in there:
                found.append({"program": program, "folder": str(folder)})
                break
    cache = home / ".cache" / "huggingface" / "hub"
    if _is_folder(cache) and str(cache) not in there:
        found.append({"program": HUB_CACHE, "folder": str(cache)})
    return found


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False
