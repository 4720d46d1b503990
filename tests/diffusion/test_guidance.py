import torch

from webui.diffusion.guidance import ClassifierFreeGuidance, Conditioning

CONDITIONING = Conditioning(negative=torch.full((2, 1, 1), 1.0), prompt=torch.full((2, 1, 1), 3.0))
LATENTS, TIMESTEP = torch.zeros(2, 1, 1, 1), torch.tensor(5)


def _predict(latents: torch.Tensor, timestep: torch.Tensor, embeddings: torch.Tensor) -> torch.Tensor:
    _predict.batches.append(len(latents))
    return latents + embeddings.reshape(-1, 1, 1, 1)


_predict.batches = []


def _guided(scale: float) -> torch.Tensor:
    _predict.batches.clear()
    return ClassifierFreeGuidance(predict=_predict, conditioning=CONDITIONING, scale=scale)(LATENTS, TIMESTEP, 0)


def test_guidance_goes_from_the_negative_prediction_towards_and_beyond_the_prompts() -> None:
    assert _guided(2.5).flatten().tolist() == [6.0, 6.0]  # 1 + 2.5 * (3 - 1)
    assert _predict.batches == [4]


def test_at_a_scale_of_one_only_the_prompt_is_predicted() -> None:
    assert _guided(1.0).flatten().tolist() == [3.0, 3.0]
    assert _predict.batches == [2]
