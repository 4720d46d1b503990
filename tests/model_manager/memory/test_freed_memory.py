import sys

import psutil
import pytest
import torch

from webui.model_manager.memory.freed_memory import computing, give_back

MB = 1_000_000


def resident() -> float:
    return psutil.Process().memory_info().rss / MB


@pytest.mark.skipif(sys.platform != "linux", reason="other systems' C libraries have no such orders")
def test_memory_stays_while_something_is_computed_and_not_afterwards() -> None:
    give_back()
    before = resident()
    with computing():
        activations = torch.zeros(50 * MB)
        del activations
        assert resident() > before + 150
    assert resident() < before + 50


def test_it_is_given_back_after_a_failure_too() -> None:
    with pytest.raises(ValueError, match="on purpose"), computing():
        raise ValueError("on purpose")
