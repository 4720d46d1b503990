"""A1111's lists of what there is: one function each. What is about this computer is told to administrators alone."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import psutil

from webui.access.principal import Principal
from webui.engine.engine import Engine
from webui.generation.samplers import every_sampler, every_schedule
from webui.model_manager.catalogue import ModelEntry
from webui.model_manager.catalogue.model_entry import CHECKPOINT, EMBEDDING, LORA, VAE
from webui.model_manager.networks import NetworkFiles
from webui.server.sdapi.enlarging import upscaler_names
from webui.server.sdapi.model_names import file_name, short_hash, title

Item = Mapping[str, Any]
LATENT_MODES = (
    "Latent", "Latent (antialiased)", "Latent (bicubic)", "Latent (bicubic antialiased)", "Latent (nearest)",
    "Latent (nearest-exact)",
)  # fmt: skip
"""A1111's names; of the antialiased ones nothing differs where latents grow."""
_UPSCALER_FACTOR = 4


def samplers() -> list[Item]:
    """Every sampler, with the names that older clients know it by."""
    return [
        {
            "name": sampler.name,
            "aliases": [f"k_{sampler.name.lower().replace(' ', '_')}", *sampler.aliases],
            "options": {"second_order": True} if sampler.order > 1 else {},
        }
        for sampler in every_sampler()
    ]


def schedulers() -> list[Item]:
    """Every schedule type; the name is what `scheduler` takes."""
    return [
        {
            "name": label.lower().replace(" ", "_"),
            "label": label,
            "aliases": None,
            "default_rho": -1.0,
            "need_inner_model": False,
        }
        for label in map(str, every_schedule())
    ]


def upscalers() -> list[Item]:
    """What enlarges pictures."""
    nothing = {"model_name": None, "model_path": None, "model_url": None}
    return [{"name": name, **nothing, "scale": _UPSCALER_FACTOR} for name in upscaler_names()]


def latent_upscale_modes() -> list[Item]:
    """What enlarges latents between the passes."""
    return [{"name": name} for name in LATENT_MODES]


def checkpoints(engine: Engine, principal: Principal) -> list[Item]:
    """Every checkpoint that can be used, the default one first."""
    return [
        {
            "title": title(entry),
            "model_name": entry.name,
            "hash": short_hash(entry),
            "sha256": entry.hashes.sha256 if entry.hashes else None,
            "filename": _place(entry, principal),
            "config": None,
        }
        for entry in _usable(engine, CHECKPOINT)
    ]


def vaes(engine: Engine, principal: Principal) -> list[Item]:
    """Every VAE."""
    return [{"model_name": file_name(entry), "filename": _place(entry, principal)} for entry in _usable(engine, VAE)]


def loras(engine: Engine, principal: Principal) -> list[Item]:
    """Every LoRA, by the name that prompts use."""
    return [
        {
            "name": entry.path.stem,
            "alias": entry.alias or entry.path.stem,
            "path": _place(entry, principal),
            "metadata": dict(entry.metadata) if principal.sees_everything else {},  # which may name paths, too
        }
        for entry in _usable(engine, LORA)
    ]


def embeddings(engine: Engine) -> Item:
    """Every textual inversion."""
    vectors = NetworkFiles(engine.catalogue).embeddings()
    shapes = {entry.path.stem: _width(entry) for entry in engine.catalogue.entries(EMBEDDING)}
    unknown = {"step": None, "sd_checkpoint": None, "sd_checkpoint_name": None}
    loaded = {name: {**unknown, "shape": shapes.get(name, 0), "vectors": count} for name, count in vectors.items()}
    return {"loaded": loaded, "skipped": {}}


def prompt_styles(engine: Engine) -> list[Item]:
    """The kept styles; none where their file cannot be read."""
    known = engine.prompt_files.style_names()
    return [
        {"name": style.name, "prompt": style.prompt, "negative_prompt": style.negative_prompt}
        for style in (engine.prompt_files.styles() if known else [])
    ]


def extensions(engine: Engine, principal: Principal) -> list[Item]:
    """What is installed, which is the administrators' to know."""
    cards = engine.extensions.cards() if principal.sees_everything else ()
    return [
        {
            "name": card.name,
            "remote": "",
            "branch": "",
            "commit_hash": "",
            "version": card.manifest.version if card.manifest else "",
            "commit_date": 0,
            "enabled": engine.extensions.is_on(card.name),
        }
        for card in cards
    ]


def memory(principal: Principal) -> Item:
    """The memory of this computer in bytes, for administrators. That of graphics cards is the worker's to know."""
    ram = {"free": 0, "used": 0, "total": 0}
    if principal.sees_everything:
        own, system = psutil.Process().memory_info().rss, psutil.virtual_memory()
        ram = {"free": system.available, "used": own, "total": system.total}
    return {"ram": ram, "cuda": {"error": "unavailable"}}


def cmd_flags(engine: Engine, principal: Principal) -> Item:
    """The flags of A1111 that mean something here, for administrators also how the server is reached."""
    settings = engine.settings
    reached = {
        "listen": settings.host not in ("127.0.0.1", "localhost", "::1"),
        "port": settings.port,
        "share": bool(settings.share),
    }
    return {
        **(reached if principal.sees_everything else {}),
        "api": True,
        "api_auth": None,
        "nowebui": False,
        "skip_version_check": True,
        "no_half": False,
        "no_half_vae": False,
        "lowvram": False,
        "medvram": False,
        "hide_ui_dir_config": True,
        "freeze_settings": False,
    }


def _usable(engine: Engine, kind: str) -> Iterable[ModelEntry]:
    return (entry for entry in engine.catalogue.entries(kind) if entry.problem is None)


def _place(entry: ModelEntry, principal: Principal) -> str:
    """The whole path, or for those who may not see paths the name alone."""
    return str(Path(entry.path)) if principal.sees_everything else file_name(entry)


def _width(entry: ModelEntry) -> int:
    return {"sdxl": 2048, "sd2": 1024}.get(entry.architecture or "", 768)
