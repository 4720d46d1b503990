"""What a picture's infotext says of the files that it was made with, by `write_infotext`."""

from collections.abc import Mapping

from webui.errors import WebUIError
from webui.extensions.hookspecs import hookimpl
from webui.generation.families import Capability
from webui.generation.networks import take_networks
from webui.generation.request import GenerationRequest
from webui.model_manager.catalogue import Catalogue
from webui.model_manager.catalogue.model_entry import VAE, ModelEntry
from webui.model_manager.named_models import hash_pairs
from webui.model_manager.networks import NetworkFiles


class ModelHashes:
    """The hook.

    Args:
        catalogue: has the hashes, as far as they are known.
        networks: has those of LoRAs.
    """

    def __init__(self, catalogue: Catalogue, networks: NetworkFiles) -> None:
        self._catalogue = catalogue
        self._networks = networks

    @hookimpl
    def write_infotext(self, request: GenerationRequest) -> Mapping[str, str]:
        """The hashes, and the guidance that a distilled model was told."""
        model = self._found(request.model)
        if model is None:
            return {}
        vae = self._found(request.vae, VAE) if request.vae else None
        takes = Capability.LORA in model.capabilities
        networks = [network for text in request.prompts for network in take_networks(text)[1] if takes]
        return {
            **_guidance_told(request, model), **hash_pairs(model, vae), **self._networks.hash_pairs(networks),
        }  # fmt: skip

    def _found(self, name: str | None, *kind: str) -> ModelEntry | None:
        """The model as the catalogue knows it now; None where it is gone since the picture began."""
        try:
            return self._catalogue.find(name, *kind)
        except WebUIError:
            return None


def _guidance_told(request: GenerationRequest, model: ModelEntry) -> dict[str, str]:
    """Also where it is the default: other programs' defaults are others."""
    told = Capability.DISTILLED_GUIDANCE in model.capabilities
    return {"Distilled CFG Scale": f"{request.distilled_guidance:g}"} if told else {}
