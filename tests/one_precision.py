"""Which precision models are computed in is measured; where a test needs one, or the same twice, it says so here."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import torch

from webui.model_manager.precision import Precision


@contextmanager
def computed_in(dtype: torch.dtype, *, channels_last: bool | None = None) -> Iterator[None]:
    """While it is entered, models that are loaded in this process have this dtype.

    The memory format is diffusers' own in bfloat16, and channels-last in float32, where it does not show.
    """
    last = dtype == torch.float32 if channels_last is None else channels_last
    with pytest.MonkeyPatch.context() as patch:
        for module in ("best_precision", "precision"):
            patch.setattr(f"webui.model_manager.{module}.candidates", lambda *_: (Precision(dtype, last),))
        yield
