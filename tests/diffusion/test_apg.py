import pytest
import torch
from diffusers.guiders.adaptive_projected_guidance import MomentumBuffer, normalized_guidance

from webui.diffusion.apg import ProjectedGuidance


def _pair(*, conditional: list[float], unconditional: list[float]) -> tuple[torch.Tensor, torch.Tensor]:
    return tuple(torch.tensor(values).reshape(1, 1, 1, -1) for values in (conditional, unconditional))  # type: ignore[return-value]


def test_only_the_guidance_across_the_prediction_is_used() -> None:
    guided = ProjectedGuidance(threshold=100.0)(*_pair(conditional=[3.0, 0.0], unconditional=[1.0, -1.0]), 5.0)
    assert guided.flatten().tolist() == [3, 4]  # The difference is (2, 1), of which (0, 1) is across: (3, 0) + 4 (0, 1)


def test_a_share_of_the_guidance_along_the_prediction_can_be_kept() -> None:
    guidance = ProjectedGuidance(threshold=100.0, parallel=0.5)
    guided = guidance(*_pair(conditional=[3.0, 0.0], unconditional=[1.0, -1.0]), 5.0)
    assert guided.flatten().tolist() == [7, 4]  # (3, 0) + 4 (0, 1) + 4 * 0.5 (2, 0)


def test_long_guidance_is_shortened_to_the_threshold() -> None:
    guidance = ProjectedGuidance(threshold=1.0)
    guided = guidance(*_pair(conditional=[3.0, 0.0], unconditional=[3.0, -8.0]), 3.0)
    # The difference (0, 8) has a root mean square of sqrt(32); it becomes (0, sqrt(2)).
    assert guided.flatten().tolist() == pytest.approx([3, 2 * 2**0.5])


def test_guidance_of_calls_before_counts_against_it() -> None:
    guidance = ProjectedGuidance(threshold=100.0, momentum=-0.5)
    pair = _pair(conditional=[3.0, 0.0], unconditional=[3.0, -8.0])
    moves = [guidance(*pair, 2.0).flatten()[1].item() for _ in range(3)]
    assert moves == [8, 4, 6]  # 8, 8 - 0.5 * 8, 8 - 0.5 * 4


def test_a_batch_over_several_calls_equals_diffusers() -> None:
    generator = torch.Generator().manual_seed(0)
    ours, theirs = ProjectedGuidance(momentum=-0.75, threshold=0.4, parallel=0.2), MomentumBuffer(-0.75)
    for scale in (3.0, 8.0, 8.0):
        conditional, unconditional = torch.randn(2, 3, 4, 5, 6, generator=generator)
        expected = normalized_guidance(
            conditional, unconditional, scale - 1, theirs, 0.2, 0.4 * (4 * 5 * 6) ** 0.5, use_original_formulation=True
        )
        assert torch.allclose(ours(conditional, unconditional, scale), expected, atol=1e-6)
