"""Which models there are, learnt from their headers alone: no weights, no torch."""

from webui.model_manager.catalogue.catalogue import Catalogue
from webui.model_manager.catalogue.model_entry import Hashes, ModelEntry

__all__ = ["Catalogue", "Hashes", "ModelEntry"]
