"""What a single file holds, told from its header, its name and what lies beside it. No weights are read, no torch."""

import re
from dataclasses import replace

from webui.errors import ModelUnusable
from webui.model_manager.catalogue.file_magic import what_it_is
from webui.model_manager.catalogue.folder_scan import GGUF, PICKLES, Found
from webui.model_manager.catalogue.gguf_header import read_gguf_header
from webui.model_manager.catalogue.identify.experts import identified, main_type, parameter_count
from webui.model_manager.catalogue.identify.identity import Identity
from webui.model_manager.catalogue.model_entry import CHECKPOINT, UNKNOWN, ModelEntry
from webui.model_manager.catalogue.safetensors_header import SafetensorsHeader, read_header
from webui.model_manager.catalogue.sidecars import Told, read_sidecars
from webui.model_manager.catalogue.told_metadata import base_model, description, trigger_words
from webui.model_manager.loading.family_loaders import SINGLE_FILES

_ALIAS = "ss_output_name"
"""What kohya-ss's trainer calls a LoRA in its file; prompts may use it in place of the file's name."""
_PACKED = {"nf4", "fp4", "int4"}
_PREDICTIONS = {
    "v": "v_prediction", "v_prediction": "v_prediction", "v-prediction": "v_prediction",
    "eps": "epsilon", "epsilon": "epsilon",
}  # fmt: skip
_LATENT_CHANNELS = {
    "stable-diffusion": 4, "stable-diffusion-xl": 4, "stable-diffusion-3": 16, "flux": 16, "chroma": 16, "z-image": 16,
    "qwen-image": 16, "flux-2": 32,
}  # fmt: skip
"""Of the published VAEs, by family. A single file may lack its VAE, which is then one of these."""
_PARAMETERIZATION = re.compile(r"parameterization:\s*[\"']?(v|eps)\b")
_V_NAMES = re.compile(r"(?<![a-z])v[-_ ]?pred", re.IGNORECASE)
_UNDISTILLED = re.compile(r"base", re.IGNORECASE)
_SD2_EPSILON = re.compile(r"512|base|inpaint", re.IGNORECASE)


def examined_file(found: Found) -> ModelEntry:
    """A file's entry, still without a name; what is wrong with it is its problem."""
    ending = found.path.suffix.casefold()
    form = "gguf" if ending == GGUF else "pickle" if ending in PICKLES else "single file"
    told = read_sidecars(found.path, [name for name, _ in found.siblings])
    entry = ModelEntry(
        name="", path=found.path, kind=found.place.kind or CHECKPOINT, family=None, format=form,
        size_bytes=found.size_bytes, default_width=512, default_height=512, changed_ns=found.changed_ns,
        preview=found.path.parent / told.preview if told.preview else None,
        description=told.description, trigger_words=told.words, base=told.base, preferred_weight=told.weight,
    )  # fmt: skip
    if form == "pickle":
        return replace(entry, problem=_pickled(found))
    try:
        header = read_gguf_header(found.path) if form == "gguf" else read_header(found.path)
    except ModelUnusable as error:
        return replace(entry, problem=error.message)
    return _with_header(entry, header, found, told)


def _unrecognised(found: Found) -> str:
    return f"{found.path.name} is not recognised as {f'a {found.place.kind}' if found.place.kind else 'a model'}."


def _pickled(found: Found) -> str:
    """Why a pickled file is not loaded. Nothing of it is read beyond its first bytes."""
    try:
        with found.path.open("rb") as file:
            what = what_it_is(file.read(512), found.size_bytes)
    except OSError as error:
        return f"The file {found.path.name} cannot be read: {error.strerror or error}."
    if "web page" in what or "LFS" in what or "empty" in what:
        return f"{found.path.name} {what}."
    return f"a {found.path.suffix} file can run code, so convert it first: python -m webui models convert FILE"


def _with_header(entry: ModelEntry, header: SafetensorsHeader, found: Found, told: Told) -> ModelEntry:
    """The entry with what the header says."""
    identity = identified(header)
    sure = identity or Identity(kind=found.place.kind or UNKNOWN, problem=_unrecognised(found))
    entry = replace(
        entry, kind=sure.kind, architecture=sure.architecture, form=sure.form, parts=sure.parts,
        base=sure.base or told.base or base_model(header.metadata), inpainting=sure.inpainting,
        prediction=_prediction(sure, header, found.path.name, told), default_width=sure.side, default_height=sure.side,
        dtype=main_type(header), parameters=parameter_count(header), alias=header.metadata.get(_ALIAS, "")[:200],
        trigger_words=tuple(dict.fromkeys((*told.words, *trigger_words(header.metadata)))),
        description=told.description or description(header.metadata),
    )  # fmt: skip
    if entry.prediction == "epsilon" and entry.architecture == "sd2":
        entry = replace(entry, default_width=512, default_height=512)
    if "klein" in entry.base and _UNDISTILLED.search(found.path.stem):  # weights do not tell it
        entry = replace(entry, base=f"{entry.base} base")
    family = SINGLE_FILES.get(entry.architecture or "") if entry.kind == CHECKPOINT else None
    entry = replace(entry, latent_channels=sure.latent_channels or _LATENT_CHANNELS.get(family or "", 0))
    return replace(entry, family=family, problem=_problem(entry, sure, family))


def _problem(entry: ModelEntry, sure: Identity, family: str | None) -> str | None:
    """Why nothing loads the file, or None."""
    if sure.problem is not None:
        return sure.problem
    if entry.dtype in _PACKED:
        return f"its weights are packed as {entry.dtype}, which only the program that packed them reads."
    if entry.kind == CHECKPOINT and family is None:
        return f"single files of {entry.base or 'its family'} cannot be loaded: use its diffusers folder."
    return None


def _prediction(identity: Identity, header: SafetensorsHeader, name: str, told: Told) -> str | None:
    """What the network predicts: by the metadata, the configuration beside the file, its name, or its family's habit.

    Sources: `modelspec.prediction_type` of the model metadata standard; `parameterization` of ldm's configurations.
    SD 2 has models of both kinds, whose files differ in nothing else.
    """
    if identity.kind != CHECKPOINT or identity.prediction not in ("epsilon", "v_prediction"):
        return identity.prediction
    configured = _PARAMETERIZATION.search(told.configuration)
    stated = header.metadata.get("modelspec.prediction_type", configured[1] if configured else "").casefold()
    if stated in _PREDICTIONS:
        return _PREDICTIONS[stated]
    if _V_NAMES.search(name):
        return "v_prediction"
    if identity.architecture == "sd2" and (identity.inpainting or _SD2_EPSILON.search(name)):
        return "epsilon"
    return identity.prediction
