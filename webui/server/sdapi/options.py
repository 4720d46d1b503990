"""A1111's options: those that have a counterpart here, kept in the settings file and put into each request.

A1111's options are a state that everybody shares; here they are only what requests by this API begin with. What a
client may send back unchanged although nothing can be set by it is in `_FIXED`.
"""

import threading
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, ValidationError

from webui.engine.engine import Engine
from webui.engine.kept_settings import keep_settings
from webui.errors import InvalidRequest, ModelNotFound, ModelUnusable
from webui.generation.request import NoiseSource
from webui.model_manager.catalogue import ModelEntry
from webui.model_manager.catalogue.model_entry import VAE
from webui.server.sdapi.generation_bodies import Body
from webui.server.sdapi.model_names import file_name, known_name, title
from webui.settings import A1111Options

_FIXED: Mapping[str, Any] = {
    "eta_noise_seed_delta": 0,
    "inpainting_mask_weight": 1.0,
    "initial_noise_multiplier": 1.0,
    "grid_only_if_multiple": True,
    "enable_pnginfo": True,
}


class PostedOptions(Body):
    """Some or all of A1111's options; those that mean nothing here are dropped."""

    sd_model_checkpoint: str | None = None
    sd_vae: str | None = None
    CLIP_stop_at_last_layers: int | None = Field(default=None, ge=1, le=12)
    samples_format: Literal["png", "jpg", "jpeg", "webp"] | None = None
    jpeg_quality: int | None = Field(default=None, ge=1, le=100)
    return_grid: bool | None = None
    randn_source: Literal["GPU", "CPU", "NV"] | None = None
    emphasis: Literal["Original", "No norm", "Ignore", "None"] | None = None
    img2img_color_correction: bool | None = None

    @classmethod
    def of_request(cls, override_settings: Mapping[str, Any]) -> "PostedOptions":
        """The options that a request brings for itself.

        Raises:
            InvalidRequest: one of them is of a wrong type.
        """
        try:
            return cls.model_validate(dict(override_settings))
        except ValidationError as error:
            problem = error.errors(include_url=False)[0]
            field = f"override_settings.{problem['loc'][0]}"
            raise InvalidRequest(f"{field}: {problem['msg']}.", field=field) from error


_SAME_VALUE = {
    "CLIP_stop_at_last_layers": "clip_skip",
    "samples_format": "samples_format",
    "jpeg_quality": "jpeg_quality",
    "return_grid": "return_grid",
    "emphasis": "emphasis",
    "img2img_color_correction": "colour_correction",
}
"""A1111's options whose values are the same here, and what they are called here."""


class Options:
    """The options as they are now. Threads may share it.

    Args:
        engine: has the models that options name; its settings say where the options are kept.
    """

    def __init__(self, engine: Engine) -> None:
        self._catalogue = engine.catalogue
        self._data_dir = engine.settings.data_dir
        self._now = engine.settings.a1111
        self._lock = threading.Lock()

    @property
    def now(self) -> A1111Options:
        """What holds for requests that say nothing else."""
        return self._now

    def told(self) -> dict[str, Any]:
        """The options as A1111 tells them."""
        now = self._now
        model = self._model()
        same = {theirs: getattr(now, ours) for theirs, ours in _SAME_VALUE.items()}
        return {
            "sd_model_checkpoint": title(model) if model else None,
            "sd_checkpoint_hash": model.hashes.sha256 if model and model.hashes else "",
            "sd_vae": self._vae_told(now.vae),
            "randn_source": now.noise_source,
            **same,
            **_FIXED,
        }

    def with_posted(self, posted: PostedOptions, *, place: str = "") -> A1111Options:
        """The options as they would be with these changes; `place` stands before the names of fields in errors.

        Raises:
            InvalidRequest: there is no model or VAE of a name.
        """
        changes: dict[str, Any] = {}
        model, vae = posted.sd_model_checkpoint, posted.sd_vae
        if model and model != self._title_told():  # sent back as it was told, it stays a default where it is one
            changes["model"] = known_name(self._catalogue, model, field=f"{place}sd_model_checkpoint")
        if vae:
            changes["vae"] = known_name(self._catalogue, vae, field=f"{place}sd_vae", kind=VAE)
        if posted.randn_source is not None:
            source = NoiseSource.CPU if posted.randn_source == "CPU" else NoiseSource.NV  # as a graphics card draws
            changes["noise_source"] = source.value
        for theirs, ours in _SAME_VALUE.items():
            value = getattr(posted, theirs)
            if value is not None:
                changes[ours] = value
        return self._now.model_copy(update=changes)

    def change(self, posted: PostedOptions) -> None:
        """Change options, for the requests to come and for later starts.

        Raises:
            InvalidRequest: there is no model or VAE of a name.
            SaveFailed: the settings file cannot be written; nothing has changed.
        """
        with self._lock:
            wanted = self.with_posted(posted)
            if wanted != self._now:
                keep_settings(self._data_dir, {"a1111": wanted.model_dump(exclude_defaults=True)})
            self._now = wanted

    def _model(self) -> ModelEntry | None:
        """The chosen model; the default one where it is gone, None where there are none."""
        for wanted in (self._now.model, None):
            try:
                return self._catalogue.find(wanted)
            except (ModelNotFound, ModelUnusable):
                continue
        return None

    def _title_told(self) -> str | None:
        model = self._model()
        return title(model) if model else None

    def _vae_told(self, name: str | None) -> str:
        try:
            return "Automatic" if name is None else file_name(self._catalogue.find(name, VAE))
        except (ModelNotFound, ModelUnusable):
            return "Automatic"
