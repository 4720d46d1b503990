"""A VAE of the user's choice in the place of a model's own: from a file, or from a folder of diffusers. Torch."""

from dataclasses import replace
from typing import Any

from webui.errors import ModelUnusable
from webui.model_manager.catalogue import ModelEntry
from webui.model_manager.loading.family_loaders import FamilyLoader
from webui.model_manager.loading.folder_plan import plan_part
from webui.model_manager.loading.language_single_files import FLUX_2_VAE, QWEN_IMAGE_VAE
from webui.model_manager.loading.model_plan import ModelPlan, PartPlan
from webui.model_manager.loading.part_loading import empty_part, read_config
from webui.model_manager.loading.single_file_plan import fits, plan_of_promises
from webui.model_manager.loading.single_files import autoencoder
from webui.model_manager.loading.weight_files import promised

_SHIPPED = {4: "sd", 16: "flux"}
"""The configuration of a VAE whose model says nothing of its kind, by the channels of its latents."""
_OF_THEIR_OWN = {part.class_name: part for part in (FLUX_2_VAE, QWEN_IMAGE_VAE)}
"""VAEs that only one family has, by their class."""


def with_vae(plan: ModelPlan, vae: ModelEntry) -> ModelPlan:
    """The plan with another VAE.

    Raises:
        ModelUnusable: it is none, or its latents are not those of the model.
        OSError, ValueError: its description is missing or damaged.
    """
    part = _of_folder(plan.row, vae) if vae.path.is_dir() else _of_file(plan, vae)
    own, other = (_channels(each) for each in (plan.parts["vae"], part))
    if own != other:
        raise ModelUnusable(
            f"the VAE '{vae.name}' has latents of {other} channels, and the model's have {own}.",
            hint="Choose a VAE that was made for this kind of model, or none.", field="vae",
        )  # fmt: skip
    return replace(plan, parts={**plan.parts, "vae": part})


def _of_folder(row: FamilyLoader, vae: ModelEntry) -> PartPlan:
    class_name = str(read_config(vae.path).get("_class_name"))
    if class_name not in row.parts["vae"]:
        raise _no_vae(vae)
    return plan_part(vae.path, class_name)


def _of_file(plan: ModelPlan, vae: ModelEntry) -> PartPlan:
    promises = promised(vae.path)
    promises = {name.removeprefix("first_stage_model.").removeprefix("vae."): each for name, each in promises.items()}
    channels = promises["decoder.conv_in.weight"].shape[1] if "decoder.conv_in.weight" in promises else 0
    own = plan.parts["vae"]
    if own.class_name in _OF_THEIR_OWN:
        part = _OF_THEIR_OWN[own.class_name]
        if not fits(vae.path, part):
            raise _no_vae(vae)
        return plan_of_promises(part, promises, vae.path)
    if own.class_name != "AutoencoderKL" or _channels(own) != channels:
        if channels not in _SHIPPED:
            raise _no_vae(vae)
        return plan_of_promises(autoencoder(_SHIPPED[channels], "", channels), promises, vae.path)
    # The model's own sizes, and the scale of latents that it was trained with.
    part = plan_of_promises(autoencoder("sd", "", channels), promises, vae.path)
    return replace(part, config=own.config)


def _channels(part: PartPlan) -> Any:
    module: Any = empty_part(part.class_name, part.config)
    return module.config.get("latent_channels") or module.config.z_dim  # those for films say it in another word


def _no_vae(vae: ModelEntry) -> ModelUnusable:
    return ModelUnusable(
        f"'{vae.name}' is no VAE that this model can use.", hint="Choose another VAE, or none.", field="vae"
    )
