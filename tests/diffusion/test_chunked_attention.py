from typing import Any

import pytest
import torch
from torch import nn
from torch.nn.functional import scaled_dot_product_attention

from webui.diffusion.chunked_attention import ROWS, chunked_attention, use_chunked_attention


def heads(tokens: int, *, seed: int, width: int = 40, dtype: torch.dtype = torch.bfloat16) -> torch.Tensor:
    """(2, 3, tokens, width), the heads of a token side by side, as the networks have them."""
    drawn = torch.randn(2, tokens, 3, width, generator=torch.Generator().manual_seed(seed))
    return drawn.to(dtype).transpose(1, 2)


def off_by(result: torch.Tensor, exact: torch.Tensor) -> float:
    return float((result.double() - exact).norm() / exact.norm())


@pytest.mark.parametrize("tokens", [(ROWS, 77), (ROWS + 100, 300)])
def test_it_is_attention_up_to_the_rounding_of_bfloat16(tokens: tuple[int, int]) -> None:
    queries, keys, values = heads(tokens[0], seed=1), heads(tokens[1], seed=2), heads(tokens[1], seed=3)
    exact = scaled_dot_product_attention(queries.double(), keys.double(), values.double())
    made = chunked_attention(queries, keys, values)
    assert made.shape == exact.shape
    assert made.transpose(1, 2).is_contiguous()
    assert off_by(made, exact) < 0.006


class Attending(nn.Module):
    def forward(self, queries: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, **options: Any) -> torch.Tensor:
        if options.pop("fails", False):
            raise ValueError("on purpose")
        return scaled_dot_product_attention(queries, keys, values, **options)


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    calls: list[int] = []

    def counted(*tensors: torch.Tensor, scale: float | None) -> torch.Tensor:
        calls.append(1)
        return chunked_attention(*tensors, scale=scale)

    monkeypatch.setattr("webui.diffusion.chunked_attention.chunked_attention", counted)
    return calls


def test_only_large_plain_attention_in_bfloat16_goes_by_chunks(called: list[int]) -> None:
    module = Attending()
    use_chunked_attention([module])
    large, small = [heads(300, seed=n) for n in range(3)], [heads(20, seed=n) for n in range(3)]
    module(*small)
    module(*(tensor.float() for tensor in large))
    module(*large, attn_mask=torch.ones(300, 300, dtype=torch.bool))
    module(*large, is_causal=True)
    assert not called
    module(*large, attn_mask=None, is_causal=False, dropout_p=0.0)
    assert called


def test_outside_of_the_module_attention_stays_as_it_is_even_after_a_failure(called: list[int]) -> None:
    module = Attending()
    use_chunked_attention([module])
    large = [heads(300, seed=n) for n in range(3)]
    with pytest.raises(ValueError, match="on purpose"):
        module(*large, fails=True)
    module(*large)
    before = len(called)
    scaled_dot_product_attention(*large)
    assert len(called) == before == 1
