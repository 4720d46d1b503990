"""Which precision models are computed in is measured; where a test needs one, or the same twice, it says so here."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import torch


@contextmanager
def computed_in(dtype: torch.dtype) -> Iterator[None]:
    """While it is entered, models that are loaded in this process have this dtype."""
    with pytest.MonkeyPatch.context() as patch:
        for module in ("manager", "precision"):
            patch.setattr(f"webui.model_manager.{module}.candidate_dtypes", lambda device: (dtype,))
        yield
