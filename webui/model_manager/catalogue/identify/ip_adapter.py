"""IP-Adapters (Ye et al. 2023), which let a picture speak where the prompt does."""

from webui.model_manager.catalogue.identify.identity import Identity, columns, shapes_of
from webui.model_manager.catalogue.model_entry import IP_ADAPTER
from webui.model_manager.catalogue.safetensors_header import SafetensorsHeader

_BY_TEXT_WIDTH = {768: ("sd1", "SD 1.x"), 1024: ("sd2", "SD 2.x"), 2048: ("sdxl", "SDXL"), 4096: ("flux", "FLUX.1")}


def looks_like_ip_adapter(header: SafetensorsHeader) -> Identity | None:
    """An IP-Adapter in its authors' names, also those for FLUX."""
    shapes = shapes_of(header)
    flux = any("ip_adapter_double_stream" in name for name in shapes)
    if not flux and not any(name.startswith("ip_adapter.") for name in shapes):
        return None
    width = next((columns(shapes, name) for name in shapes if "to_k_ip" in name), 4096 if flux else 0)
    architecture, base = _BY_TEXT_WIDTH.get(width, (None, ""))
    return Identity(kind=IP_ADAPTER, architecture=architecture, base=base)
