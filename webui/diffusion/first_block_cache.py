"""diffusers' first-block cache, also for networks whose last blocks read text and picture as one stream.

diffusers 0.42 knows no blocks of Chroma, and takes the end of a walk through the blocks for two streams wherever it
began as two; in Chroma and FLUX.2 they are one by then, the text's tokens first.
"""

from typing import Any

import torch
from diffusers import FirstBlockCacheConfig
from diffusers.hooks._helpers import TransformerBlockMetadata, TransformerBlockRegistry
from diffusers.hooks.first_block_cache import FBCBlockHook
from diffusers.hooks.hooks import HookRegistry, StateManager
from diffusers.models.transformers.transformer_chroma import ChromaSingleTransformerBlock, ChromaTransformerBlock


def enable_first_block_cache(network: Any, threshold: float) -> None:
    """Puts the cache into a network; its `disable_cache` takes it out.

    Args:
        network: a transformer of diffusers whose blocks its caches know, or Chroma's.
        threshold: the share by which what the first block says may differ from before, for the others not to compute.
    """
    _tell_of_chroma()
    network.enable_cache(FirstBlockCacheConfig(threshold=threshold))
    first, last = network.transformer_blocks[0], _last_block(network)
    if _is_joined(last) and not _is_joined(first):
        registry = HookRegistry.check_if_exists_or_initialize(last)
        name, hook = next((name, hook) for name, hook in registry.hooks.items() if isinstance(hook, FBCBlockHook))
        registry.remove_hook(name, recurse=False)
        registry.register_hook(_JoinedTail(hook.state_manager), name)


def _tell_of_chroma() -> None:
    double = TransformerBlockMetadata(return_hidden_states_index=1, return_encoder_hidden_states_index=0)
    none: Any = None  # the metadata's own annotation forgets it
    single = TransformerBlockMetadata(return_hidden_states_index=0, return_encoder_hidden_states_index=none)
    TransformerBlockRegistry.register(ChromaTransformerBlock, double)
    TransformerBlockRegistry.register(ChromaSingleTransformerBlock, single)


def _last_block(network: Any) -> torch.nn.Module:
    singles = getattr(network, "single_transformer_blocks", ())
    return (singles or network.transformer_blocks)[-1]


def _is_joined(block: torch.nn.Module) -> bool:
    return TransformerBlockRegistry.get(type(block)).return_encoder_hidden_states_index is None


class _JoinedTail(FBCBlockHook):
    """The last block's hook: what it says, less what the first block said, is remembered for each stream."""

    def __init__(self, state_manager: StateManager) -> None:
        super().__init__(state_manager, is_tail=True)

    def new_forward(self, module: torch.nn.Module, *args: Any, **kwargs: Any) -> Any:
        state: Any = self.state_manager.get_state()
        if not state.should_compute:
            return super().new_forward(module, *args, **kwargs)
        forward: Any = self.fn_ref.original_forward
        joined: torch.Tensor = forward(*args, **kwargs)
        picture, text = state.head_block_output
        tokens = text.shape[1]
        state.tail_block_residuals = (joined[:, tokens:] - picture, joined[:, :tokens] - text)
        return joined
