import os
from pathlib import Path

import pytest
import torch
from diffusers import UNet2DConditionModel

from webui.model_manager import tuning
from webui.model_manager.precision import Precision
from webui.settings import Attention, ModelSettings

CPU = torch.device("cpu")
CHUNKED = Precision(torch.bfloat16, channels_last=True, chunked_attention=True)


def unet() -> UNet2DConditionModel:
    return UNet2DConditionModel(
        sample_size=8, layers_per_block=1, block_out_channels=(8, 8), norm_num_groups=4, cross_attention_dim=8,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        attention_head_dim=2,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "precision", "chunked"),
    [("auto", CHUNKED, True), ("sdpa", CHUNKED, False), ("auto", Precision(torch.bfloat16), False)],
)
def test_attention_goes_by_chunks_where_that_was_measured_and_not_refused(
    wanted: Attention, precision: Precision, chunked: bool
) -> None:
    parts = {"unet": unet()}
    tuning.tune_attention(parts, precision=precision, device=CPU, wanted=wanted)
    assert bool(parts["unet"]._forward_pre_hooks) is chunked


def test_what_is_done_to_a_model_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", "elsewhere")
    monkeypatch.setattr(tuning, "quantise", lambda network, kind: f"{kind} {type(network).__name__}")
    settings = ModelSettings(quantisation="int8", compile=True)
    notes = tuning.tune({"unet": unet()}, precision=CHUNKED, device=CPU, settings=settings, data_dir=tmp_path)
    assert notes[0] == "int8 UNet2DConditionModel"
    assert "compiled" in notes[1]
    assert os.environ["TORCHINDUCTOR_CACHE_DIR"] == str(tmp_path / "compiled")
    assert not tuning.tune({}, precision=CHUNKED, device=CPU, settings=settings, data_dir=tmp_path)
