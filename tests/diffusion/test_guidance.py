import torch

from webui.diffusion.guidance import Guide


class _Family:
    def __init__(self) -> None:
        self.batches: list[int] = []

    def predict(self, latents: torch.Tensor, timestep: torch.Tensor, embeddings: torch.Tensor) -> torch.Tensor:
        self.batches.append(len(latents))
        return latents.sum(1, keepdim=True) + embeddings.reshape(-1, 1, 1, 1)


LATENTS, TIMESTEP = torch.zeros(2, 1, 1, 1), torch.tensor(5)


def _guide(family: _Family, scale: float) -> Guide:
    return Guide(family, negative=torch.full((2, 1, 1), 1.0), positive=torch.full((2, 1, 1), 3.0), scale=scale)


def test_guidance_goes_from_the_negative_prediction_towards_and_beyond_the_prompts() -> None:
    family = _Family()
    assert _guide(family, 2.5)(LATENTS, TIMESTEP, 0).flatten().tolist() == [6.0, 6.0]  # 1 + 2.5 * (3 - 1)
    assert family.batches == [4]


def test_at_a_scale_of_one_only_the_prompt_is_predicted() -> None:
    family = _Family()
    assert _guide(family, 1.0)(LATENTS, TIMESTEP, 0).flatten().tolist() == [3.0, 3.0]
    assert family.batches == [2]


def test_extra_channels_are_seen_by_the_network_and_not_returned() -> None:
    guide = _guide(_Family(), 1.0)
    guide.extra_channels = torch.full((2, 5, 1, 1), 0.5)
    assert guide(LATENTS, TIMESTEP, 0).flatten().tolist() == [5.5, 5.5]
