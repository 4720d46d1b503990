"""Several predictions for the same latents in as few calls of the network as possible."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from webui.diffusion.families.base import Family, Latents, PromptEmbedding

ALL_PICTURES = slice(None)


@dataclass(frozen=True, slots=True)
class Row:
    """A prediction that is wanted: of some pictures, conditioned on an embedding of one row, and perturbed or not."""

    embedding: PromptEmbedding
    pictures: slice
    perturbed: bool = False


def predict_rows(family: Family, rows: Sequence[Row], latents: Latents, timestep: torch.Tensor) -> list[torch.Tensor]:
    """The prediction of each row for its pictures of the latents (batch, channels, h, w).

    Rows whose embeddings have the same shape, number of tokens included, share a call, the perturbed ones last.
    """
    predictions: dict[int, torch.Tensor] = {}
    for shape in dict.fromkeys(row.embedding.shape for row in rows):
        together = [index for index, row in enumerate(rows) if row.embedding.shape == shape]
        together.sort(key=lambda index: rows[index].perturbed)
        predicted = _predict_together(family, [rows[index] for index in together], latents, timestep)
        predictions.update(zip(together, predicted, strict=True))
    return [predictions[index] for index in range(len(rows))]


def _predict_together(
    family: Family, rows: Sequence[Row], latents: Latents, timestep: torch.Tensor
) -> tuple[torch.Tensor, ...]:
    seen = [latents[row.pictures] for row in rows]
    counts = [len(pictures) for pictures in seen]
    prompts = PromptEmbedding.joined([row.embedding.expand(count) for row, count in zip(rows, counts, strict=True)])
    usual = sum(count for row, count in zip(rows, counts, strict=True) if not row.perturbed)
    if usual == sum(counts):
        return family.predict(torch.cat(seen), timestep, prompts).split(counts)
    with family.perturbed_attention(usual):
        return family.predict(torch.cat(seen), timestep, prompts).split(counts)
