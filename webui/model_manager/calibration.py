"""How long a network would take in one precision or another, found out in seconds and without its weights. Torch.

A *hollow* network has a model's own configuration, but all its weights are views of one buffer that is as large as the
largest of them. It computes nonsense in the time that the real one takes, and needs a twentieth of its memory.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
from accelerate import init_empty_weights
from diffusers import UNet2DConditionModel
from torch.nn.functional import scaled_dot_product_attention

from webui.diffusion.chunked_attention import chunked_attention
from webui.model_manager.precision import Precision

_REPEATS = 5
_ENOUGH_SECONDS = 1.0
_SPREAD = 0.02
_TIME_IDS = {True: 6, False: 5}
"""SDXL's UNets read 6 numbers on sizes; the refiner, which has another text width, reads 5."""
_MOST_LATENTS = 64
_TOKENS, _MANY_TOKENS, _TEXT_TOKENS = 256, 2048, 77
_WORTH_IT = 0.9


def time_candidates(
    candidates: Iterable[Precision], *, config: Mapping[str, Any], device: torch.device
) -> dict[Precision, float]:
    """Seconds of a small guided prediction in each precision.

    Args:
        candidates: what is tried.
        config: the configuration of what is called at every step, with its `_class_name`.
        device: where it would run.
    """
    sample = _unet_sample if str(config.get("_class_name", "")).startswith("UNet") else _transformer_sample
    seconds: dict[Precision, float] = {}
    for precision in candidates:
        with torch.inference_mode():
            seconds[precision] = best_time(sample(config, precision, device), device)
    return seconds


def chunks_are_quicker(precision: Precision, device: torch.device) -> bool:
    """Whether attention over many tokens is clearly quicker in chunks: measured, on CPUs in bfloat16 alone."""
    if device.type != "cpu" or precision.dtype != torch.bfloat16:
        return False
    queries, keys, values = (torch.randn(1, 4, _MANY_TOKENS, 64, dtype=precision.dtype) for _ in range(3))
    with torch.inference_mode():
        fused = best_time(lambda: scaled_dot_product_attention(queries, keys, values), device)
        return best_time(lambda: chunked_attention(queries, keys, values), device) < _WORTH_IT * fused


def best_time(run: Callable[[], object], device: torch.device) -> float:
    """The least seconds that a call takes, over at most five tries or about a second after the first.

    The first try counts where it takes longer than all others may: what else it does is little beside that. On a CPU
    the seconds are those of its cores, which other programs that run meanwhile do not make more.
    """
    clock = time.process_time if device.type == "cpu" else time.perf_counter
    times: list[float] = []
    while not times or (times[0] < _ENOUGH_SECONDS and len(times) <= _REPEATS and sum(times[1:]) < _ENOUGH_SECONDS):
        _finish(device)
        start = clock()
        run()
        _finish(device)
        times.append(clock() - start)
    return min(times[1:] or times)


def hollow(network: torch.nn.Module, precision: Precision, device: torch.device) -> torch.nn.Module:
    """A network that lies on `meta`, given weights and tables that share one buffer; changed in place."""
    largest = max((weight.numel() for weight in network.parameters()), default=1)
    shared = torch.empty(largest, dtype=precision.dtype, device=device).normal_(0.0, _SPREAD)
    for module in network.modules():
        for name, weight in module._parameters.items():
            if weight is not None:
                view = _viewed(shared[: weight.numel()], weight.shape, channels_last=precision.channels_last)
                module._parameters[name] = torch.nn.Parameter(view, requires_grad=False)
        for name, table in module._buffers.items():
            if table is not None and table.is_meta:
                dtype = precision.dtype if table.is_floating_point() else table.dtype
                module._buffers[name] = torch.zeros(table.shape, dtype=dtype, device=device)
    return network.eval()


def _viewed(flat: torch.Tensor, shape: torch.Size, *, channels_last: bool) -> torch.Tensor:
    if len(shape) == 4 and channels_last:
        outputs, inputs, height, width = shape
        return flat.view(outputs, height, width, inputs).permute(0, 3, 1, 2)
    return flat.view(shape)


def _unet_sample(config: Mapping[str, Any], precision: Precision, device: torch.device) -> Callable[[], object]:
    """A UNet of a configuration with one layer in each block, at the side that it was made for, 64 latents at most.

    At smaller sides too much of the time would go to the weights: what a memory format is worth would not show.
    """
    with init_empty_weights():
        network: Any = UNet2DConditionModel.from_config({**config, "layers_per_block": 1})
    unet = hollow(network, precision, device)
    side = min(max(int(config.get("sample_size") or _MOST_LATENTS), 8), _MOST_LATENTS)
    like = {"dtype": precision.dtype, "device": device}
    latents = torch.randn(2, network.config.in_channels, side, side, **like)
    latents = latents.contiguous(memory_format=precision.memory_format)
    text = torch.randn(2, _TEXT_TOKENS, _text_width(network.config), **like)
    sizes: dict[str, torch.Tensor] | None = None
    if network.config.addition_embed_type == "text_time":
        numbers = _TIME_IDS[network.config.cross_attention_dim == 2048]
        pooled = network.config.projection_class_embeddings_input_dim - numbers * network.config.addition_time_embed_dim
        sizes = {"text_embeds": torch.zeros(2, pooled, **like), "time_ids": torch.zeros(2, numbers, **like)}
    timestep = torch.tensor(500, device=device)
    return lambda: unet(latents, timestep, encoder_hidden_states=text, added_cond_kwargs=sizes)


def _text_width(config: Any) -> int:
    width = config.encoder_hid_dim or config.cross_attention_dim
    return int(width[0] if isinstance(width, list | tuple) else width)


def _transformer_sample(config: Mapping[str, Any], precision: Precision, device: torch.device) -> Callable[[], object]:
    """What nearly all of a diffusion transformer's time goes to, once, at its width: attention and a feed-forward."""
    heads = int(config.get("num_attention_heads") or config.get("n_heads") or 16)
    width = heads * int(config.get("attention_head_dim") or 64)
    like = {"dtype": precision.dtype, "device": device}
    tokens = torch.randn(2, _TOKENS, width, **like)
    mixing = torch.nn.Linear(width, 3 * width, **like)
    widening, narrowing = torch.nn.Linear(width, 4 * width, **like), torch.nn.Linear(4 * width, width, **like)

    def run() -> torch.Tensor:
        split = mixing(tokens).unflatten(-1, (3, heads, -1)).permute(2, 0, 3, 1, 4)
        mixed = scaled_dot_product_attention(*split).transpose(1, 2).flatten(2)
        return narrowing(torch.nn.functional.gelu(widening(tokens + mixed)))

    return run


def _finish(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
