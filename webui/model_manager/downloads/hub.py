"""What to take of a repository of the Hugging Face hub: weights and their descriptions, never a program."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from webui.errors import DownloadFailed
from webui.model_manager.downloads.contents import DESCRIPTIONS, PICKLES, TAKEN
from webui.model_manager.downloads.fetch import Wanted
from webui.model_manager.downloads.sources import HubSource

INDEX = "model_index.json"
_LEFT_OUT = ("safety_checker", "feature_extractor")
"""Parts of old pipelines that nothing here loads."""
_HALF = ".fp16.safetensors"


@dataclass(frozen=True, slots=True)
class RepositoryFile:
    """A file of a repository: its path there, its size in bytes, and its hash where the hub keeps one."""

    path: str
    size: int | None
    sha256: str | None


@dataclass(frozen=True, slots=True)
class Piece:
    """A file to fetch, and where it belongs in the model's folder (or, of a single file, what it is called)."""

    wanted: Wanted
    path: str


def pieces_of(source: HubSource, *, endpoint: str | None = None) -> tuple[str, list[Piece]]:
    """The files to take, and the name of their folder; an empty name when it is one file.

    Args:
        source: the repository, perhaps with a file.
        endpoint: another hub than the usual one.

    Raises:
        DownloadFailed: the hub cannot be asked, or the repository holds nothing that is taken.
    """
    files, components, address, token = _listed(source, endpoint)
    chosen = _one_file(files, source.file) if source.file else _choose(files, components, source)
    base = f"{address}/{source.repository}/resolve/{source.revision}/"
    pieces = [Piece(Wanted(base + file.path, file.size, file.sha256, token), target) for file, target in chosen]
    is_folder = any(target == INDEX for _, target in chosen)
    return (source.repository.partition("/")[2] if is_folder else ""), pieces


def choose_folder(files: Iterable[RepositoryFile], components: Iterable[str]) -> list[tuple[RepositoryFile, str]]:
    """The files of a diffusers folder, each with its path in it. Where both are there, half precision is taken.

    Raises:
        DownloadFailed: a component has weights, but only as pickles.
    """
    files = list(files)
    chosen = [(file, file.path) for file in files if file.path == INDEX]
    for component in components:
        if component in _LEFT_OUT:
            continue
        inside = [file for file in files if PurePosixPath(file.path).parent.as_posix() == component]
        weights = _weights(inside)
        if not weights and any(file.path.endswith(PICKLES) for file in inside):
            raise DownloadFailed(
                f"The weights of {component} are only there as pickles, which can hold a program.",
                hint="Look for a repository that has .safetensors files.",
                field="source",
            )
        described = [file for file in inside if file.path.endswith(DESCRIPTIONS)]
        chosen += weights + [(file, file.path) for file in described if _belongs(file.path, weights)]
    return chosen


def _belongs(description: str, weights: list[tuple[RepositoryFile, str]]) -> bool:
    """Whether a description is of these weights: an index is, where they are in several files of that precision."""
    if ".index." not in description:
        return True
    return any("-of-" in path and (".fp16" in path) == (".fp16" in description) for _, path in weights)


def _weights(inside: list[RepositoryFile]) -> list[tuple[RepositoryFile, str]]:
    tensors = [file for file in inside if file.path.endswith(".safetensors") and ".non_ema." not in file.path]
    half = [file for file in tensors if file.path.endswith(_HALF)]
    if half:  # one file: it takes the plain name, under which every loader looks
        return [(file, file.path.removesuffix(_HALF) + ".safetensors") for file in half]
    plain = [file for file in tensors if ".fp16" not in file.path]
    return [(file, file.path) for file in plain or tensors]


def _choose(
    files: list[RepositoryFile], components: list[str] | None, source: HubSource
) -> list[tuple[RepositoryFile, str]]:
    if components is not None:
        return choose_folder(files, components)
    singles = [file for file in files if file.path.endswith(TAKEN)]
    if len(singles) == 1:
        return [(singles[0], PurePosixPath(singles[0].path).name)]
    if singles:
        named = ", ".join(f"{source.repository}/{file.path}" for file in singles[:6])
        raise DownloadFailed(
            f"The repository has {len(singles)} files of weights: say which one.", hint=f"There are {named}.",
            field="source",
        )  # fmt: skip
    pickles = any(file.path.endswith(PICKLES) for file in files)
    raise DownloadFailed(
        "The repository has its weights only as pickles, which can hold a program."
        if pickles
        else "The repository has no weights that are taken.",
        hint="Look for one that has .safetensors or .gguf files.",
        field="source",
    )


def _one_file(files: list[RepositoryFile], path: str) -> list[tuple[RepositoryFile, str]]:
    found = next((file for file in files if file.path == path), None)
    if found is None:
        there = ", ".join(file.path for file in files if file.path.endswith(TAKEN))
        raise DownloadFailed(
            "The repository has no such file.", hint=f"There are {there[:400]}." if there else "", field="source"
        )
    return [(found, PurePosixPath(path).name)]


def _listed(source: HubSource, endpoint: str | None) -> tuple[list[RepositoryFile], list[str] | None, str, str | None]:
    """The repository's files, its pipeline's components (None: it is no pipeline), the hub's address, and the key."""
    from huggingface_hub import HfApi, get_token
    from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, RepositoryNotFoundError, RevisionNotFoundError

    hub = HfApi(endpoint=endpoint)
    try:
        info = hub.model_info(source.repository, revision=source.revision, files_metadata=True, timeout=30)
    except GatedRepoError as error:
        raise _failed(
            "This repository asks for its licence to be accepted first.",
            "Accept it in a browser, log in with `hf auth login`, then start the download again.",
        ) from error
    except RepositoryNotFoundError as error:
        raise _failed("The hub has no such repository, or it is private.", "Check its name: org/name.") from error
    except RevisionNotFoundError as error:
        raise _failed(f"The repository has no revision {source.revision}.", "Leave it out.") from error
    except HfHubHTTPError as error:
        raise _failed(f"The hub answered with an error: {_first_line(error)}", "Try again later.") from error
    except Exception as error:  # of the connection: what is raised depends on the library's own client
        raise _failed(
            f"The hub cannot be reached ({type(error).__name__}).", "Check the connection, then start it again."
        ) from error
    files = [_file(sibling) for sibling in info.siblings or ()]
    # What the hub tells of the pipeline is not needed: its parts are the folders that the repository has.
    folders = sorted({PurePosixPath(file.path).parent.as_posix() for file in files} - {"."})
    components = folders if any(file.path == INDEX for file in files) else None
    return files, components, hub.endpoint, get_token()


def _file(sibling: Any) -> RepositoryFile:
    lfs: Mapping[str, Any] | None = sibling.lfs
    sha256 = (lfs.get("sha256") if isinstance(lfs, Mapping) else getattr(lfs, "sha256", None)) if lfs else None
    return RepositoryFile(sibling.rfilename, sibling.size, sha256)


def _failed(message: str, hint: str) -> DownloadFailed:
    return DownloadFailed(message, hint=hint, field="source")


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
