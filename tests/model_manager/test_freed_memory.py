import sys

import psutil
import pytest
import torch

from webui.model_manager.freed_memory import computing, give_back

MB = 1_000_000


def resident() -> float:
    return psutil.Process().memory_info().rss / MB


@pytest.mark.skipif(sys.platform != "linux", reason="other systems' C libraries have no such orders")
def test_what_is_computed_takes_the_same_memory_again_and_leaves_it_in_the_end() -> None:
    give_back()
    before = resident()
    with computing():
        places: set[int] = set()
        for _ in range(4):
            activations = torch.zeros(50 * MB)
            places.add(activations.data_ptr())
            del activations
        assert resident() > before + 150  # it stays in the meantime
    assert len(places) == 1
    assert resident() < before + 50


def test_it_is_given_back_after_a_failure_too() -> None:
    with pytest.raises(ValueError, match="on purpose"), computing():
        raise ValueError("on purpose")
