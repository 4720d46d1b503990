"""Typed settings: defaults < settings file < environment (`DARKROOM_...`) < command-line flags."""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, JsonConfigSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from webui.errors import StartFailed

ROOT = Path(__file__).resolve().parent.parent
SETTINGS_FILE = "settings.json"
Record = Literal["off", "steps", "guidance"]
"""What is recorded of a walk: nothing; every step; or what the prompt and the negative prompt said at each step too."""
MIN_RECORDING_MB, MAX_RECORDING_MB = 10, 1_000_000


Memory = Literal["auto", "full", "group", "sequential"]
Precision = Literal["auto", "float32", "bfloat16", "float16"]
Quantisation = Literal["off", "fp8", "int8"]
Attention = Literal["auto", "sdpa", "xformers"]
Tiling = Literal["auto", "on", "off"]
ShareLevel = Literal["look", "generate", "all"]
"""What guests of a public link may do: look on; make pictures and see their own; everything but administration."""


class ModelSettings(BaseModel):
    """How models are loaded and run. The worker reads them anew before each job (`read_model_settings`).

    `memory`: where weights are while a model computes; "auto" measures what is free. `vram_reserve_mb`: memory of the
    GPU that is left to other programs. `model_cache_mb`: CPU memory for models that were used before; None takes half
    of what is free. `vae_tiling`: pictures are decoded in tiles, which needs less memory. `compile`: regional
    `torch.compile`.
    `extra_folders`: folders with models beside `models/`, or paths of ComfyUI's `extra_model_paths.yaml`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    memory: Memory = "auto"
    vram_reserve_mb: int = Field(default=800, ge=0, le=1_000_000)
    model_cache_mb: int | None = Field(default=None, ge=0, le=10_000_000)
    precision: Precision = "auto"
    quantisation: Quantisation = "off"
    attention: Attention = "auto"
    vae_tiling: Tiling = "auto"
    compile: bool = False
    extra_folders: tuple[str, ...] = ()


class A1111Options(BaseModel):
    """What people have set through A1111's API (`webui.server.sdapi.options`), for the requests that come by it.

    `model` and `vae` are names in the catalogue, None the default ones. `jpeg_quality` holds for WebP, too.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str | None = None
    vae: str | None = None
    clip_skip: int = Field(default=1, ge=1, le=12)
    samples_format: Literal["png", "jpg", "jpeg", "webp"] = "png"
    jpeg_quality: int = Field(default=80, ge=1, le=100)
    return_grid: bool = True
    noise_source: Literal["CPU", "NV"] = "CPU"
    emphasis: Literal["Original", "No norm", "Ignore", "None"] = "Original"
    colour_correction: bool = False


class Settings(BaseSettings):
    """What the parts are started with. Frozen: nothing changes it while the server runs.

    `data_dir` holds pictures, database, settings file and logs. `models_dirs` are searched in order; the
    repository's own `models/` comes first. `password` guards everything when the server listens beyond this computer.
    `record` and `recording_budget_mb` (millions of bytes) are what `webui.engine.recording_policy` begins with, and
    `models` is how models are loaded and run at the start. `downloads_from_this_computer` lets models be downloaded
    from a server that runs here, too, by http. `extensions_dir` has the installed extensions; `safe_mode` starts
    without any of them, and `extensions_from_afar` lets people install and enable them who do not sit at this computer.
    `extension_deadline_s` is how long one call of an extension's hook may take. `extensions_indexes` are further index
    files that extensions are installed from by name, and `extensions_ca_file` has the certificates that git trusts in
    place of the system's, for an own server; `downloads_from_this_computer` lets git fetch from this computer, too.

    Who may come in: `auth` are accounts of administrators, each "NAME:PASSWORD", beside those of `webui accounts`;
    `api_auth` are the same for the APIs of other programs alone; `token` (or what is in `token_file`) is for programs.
    `allowed_hosts` are further names that the server answers to, `cors_origins` other web pages that may ask it.
    `mcp` answers the Model Context Protocol at `/mcp`; `allow_image_urls` lets requests name pictures by an address in
    the net. `share` opens a public link at the start ("gradio" or "ssh:USER@HOST:PORT", with the private key in
    `share_key`) for `share_minutes` (0: until it is closed), in which each guest may do what `share_level` says and
    make `share_jobs` jobs in all (0: any number).
    """

    model_config = SettingsConfigDict(env_prefix="DARKROOM_", frozen=True, extra="forbid")

    data_dir: Path = ROOT / "data"
    models_dirs: tuple[Path, ...] = (ROOT / "models",)
    host: str = "127.0.0.1"
    port: int = Field(default=7860, ge=0, le=65535)
    open_browser: bool = True
    password: SecretStr | None = None
    auth: tuple[SecretStr, ...] = ()
    api_auth: tuple[SecretStr, ...] = ()
    token: SecretStr | None = None
    token_file: Path | None = None
    allowed_hosts: tuple[str, ...] = ()
    cors_origins: tuple[str, ...] = ()
    mcp: bool = False
    allow_image_urls: bool = False
    share: str | None = None
    share_key: Path | None = None
    share_minutes: int = Field(default=60, ge=0, le=100_000)
    share_level: ShareLevel = "generate"
    share_jobs: int = Field(default=20, ge=0, le=100_000)
    record: Record = "steps"
    recording_budget_mb: int = Field(default=2000, ge=MIN_RECORDING_MB, le=MAX_RECORDING_MB)
    models: ModelSettings = ModelSettings()
    a1111: A1111Options = A1111Options()
    downloads_from_this_computer: bool = False
    extensions_dir: Path = ROOT / "extensions"
    extensions_from_afar: bool = False
    safe_mode: bool = False
    extension_deadline_s: float = Field(default=30.0, gt=0, le=600)
    extensions_indexes: tuple[Path, ...] = ()
    extensions_ca_file: Path | None = None

    @field_validator("allowed_hosts")
    @classmethod
    def _are_names(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if not re.fullmatch(r"[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\]", name):
                raise ValueError(f"'{name[:80]}' is no name of a host; it has neither http:// nor a port")
        return names

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags first, then the environment, then the settings file of the data folder that these two name."""
        given = {**env_settings(), **init_settings()}
        data_dir = Path(given.get("data_dir") or ROOT / "data")
        file_settings = JsonConfigSettingsSource(settings_cls, json_file=data_dir / SETTINGS_FILE)
        return init_settings, env_settings, file_settings


def load_settings(*, extra_models_dirs: tuple[Path, ...] = (), **flags: Any) -> Settings:
    """The settings for this start; flags that are None were not given.

    Raises:
        StartFailed: a value in the settings file, the environment or a flag cannot be used.
    """
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        settings = Settings(**given)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        name = ".".join(str(part) for part in problem["loc"]) or "settings"
        raise StartFailed(
            f"The setting '{name}' cannot be used: {problem['msg'].lower()}.",
            hint=f"Correct it on the command line, in the environment (DARKROOM_{name.upper()}) or in {SETTINGS_FILE}.",
            field=name,
        ) from error
    except ValueError as error:
        raise StartFailed(
            f"The file {SETTINGS_FILE} in the data folder is not valid JSON: {error}.", hint="Correct or remove it."
        ) from error
    for folder in extra_models_dirs:
        if not folder.is_dir():
            raise StartFailed(
                f"The models folder {folder} does not exist.", hint="Give an existing folder with --models-dir."
            )
    models_dirs = (*settings.models_dirs, *(folder.resolve() for folder in extra_models_dirs))
    places = {"data_dir": settings.data_dir.resolve(), "extensions_dir": settings.extensions_dir.resolve()}
    return settings.model_copy(update={"models_dirs": models_dirs} | places)


def read_model_settings(data_dir: Path) -> ModelSettings:
    """How models are loaded and run, as it is set now; what cannot be read counts as not set."""
    try:
        return Settings(data_dir=data_dir).models
    except ValueError:
        return ModelSettings()


def write_settings(data_dir: Path, changes: Mapping[str, Any]) -> None:
    """Put values into the settings file; the others in it stay. The next start finds the old ones or the new ones.

    Raises:
        OSError: the file cannot be written; the old one stays.
        ValueError: the file that is there is not a JSON object.
    """
    path = data_dir / SETTINGS_FILE
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    if not isinstance(known, dict):
        raise ValueError(f"{SETTINGS_FILE} is not a JSON object")
    temporary = path.with_name(f".{path.name}.saving")
    data_dir.mkdir(parents=True, exist_ok=True)
    with temporary.open("w", encoding="utf-8") as file:
        file.write(json.dumps(known | dict(changes), indent=1) + "\n")
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
