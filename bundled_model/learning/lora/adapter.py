"""The small matrices that a LoRA adds to a denoiser's layers, put there by peft.

Most of this U-Net is convolutions, so they are changed as well as the attention; and the layers that bring the time and
the sentence into every block, which decide on the picture's colours as a whole.
"""

from diffusers import UNet2DConditionModel
from peft import LoraConfig
from torch import Tensor, nn

NAME = "look"
"""What peft calls the adapter."""
LAYERS = r"conv_in|conv_out|.*\.(conv|conv1|conv2|conv_shortcut|time_emb_proj|proj_in|proj_out|to_[qkv]|to_out\.0)"
"""The layers that are changed, as a pattern of their whole names."""
_KOHYA = {f".lora_A.{NAME}.weight": "-lora_down", f".lora_B.{NAME}.weight": "-lora_up"}
"""kohya's trainer's names for peft's, with a dash where its dot is: modules take no dots in names."""


class Adapter(nn.Module):
    """The trainable matrices of a U-Net and nothing else of it: what is trained, averaged and kept.

    The matrices are those in the U-Net's own layers, so that a change here is one there.
    """

    def __init__(self, unet: UNet2DConditionModel, rank: int) -> None:
        """Add matrices of that rank to the layers, in place; the U-Net's own weights are frozen."""
        super().__init__()
        self.rank = rank
        unet.requires_grad_(False)
        unet.add_adapter(LoraConfig(r=rank, lora_alpha=rank, target_modules=LAYERS), NAME)
        for name, parameter in unet.named_parameters():
            for ending, kohya in _KOHYA.items():
                if name.endswith(ending):
                    self.register_parameter(_flat(name.removesuffix(ending)) + kohya, parameter)

    def layers(self) -> set[str]:
        """The changed layers by kohya's names."""
        return {name.partition("-")[0] for name, _ in self.named_parameters()}


def tensors_of(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """An adapter's state as kohya's trainer names it: `<layer>.lora_down.weight` and so on."""
    return {f"{name.replace('-', '.')}.weight": values for name, values in state.items()}


def _flat(layer: str) -> str:
    return "lora_unet_" + layer.replace(".", "_")
