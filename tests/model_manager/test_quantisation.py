import sys

import pytest
import torch

from webui.errors import InvalidRequest
from webui.model_manager.quantisation import quantise
from webui.settings import Quantisation


def network() -> torch.nn.Module:
    torch.manual_seed(0)
    layers = torch.nn.Sequential(
        torch.nn.Linear(128, 256), torch.nn.SiLU(), torch.nn.Sequential(torch.nn.Linear(256, 8))
    )
    return layers.bfloat16().requires_grad_(False)


def test_without_the_package_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torchao.quantization", None)
    with pytest.raises(InvalidRequest, match="torchao is not installed") as refused:
        quantise(network(), "int8")
    assert refused.value.field == "quantisation"


@pytest.mark.parametrize(("kind", "decibels", "off"), [("int8", (40, 55), 0.02), ("fp8", (28, 36), 0.06)])
def test_large_matrices_are_rounded_and_what_it_costs_is_told(
    kind: Quantisation, decibels: tuple[int, int], off: float
) -> None:
    pytest.importorskip("torchao")
    exact, rounded = network(), network()
    told = quantise(rounded, kind)
    assert decibels[0] <= int(told.split(" dB")[0].split()[-1]) <= decibels[1]
    inputs = torch.randn(16, 128).bfloat16()
    expected = exact(inputs).float()
    assert 0 < float((rounded(inputs).float() - expected).norm() / expected.norm()) < off
    assert type(rounded[2][0].weight) is torch.nn.Parameter  # pyright: ignore[reportIndexIssue]
