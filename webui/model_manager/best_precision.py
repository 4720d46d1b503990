"""The precision of a model on a device: as it was chosen before, or measured now. Torch."""

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import torch

from webui.model_manager.calibration import chunks_are_quicker, time_candidates
from webui.model_manager.catalogue import ModelEntry
from webui.model_manager.loading.family_loaders import loader_of_family
from webui.model_manager.loading.load_model import NOBODY, LoadingProgress, network_config
from webui.model_manager.loading.single_file_plan import Neighbours
from webui.model_manager.precision import Precision, candidates, choose_precision, known_precision, remember_precision


def best_precision(
    entry: ModelEntry,
    *,
    device: torch.device,
    memory: Path,
    wanted: str = "auto",
    neighbours: Neighbours = NOBODY,
) -> Generator[LoadingProgress, None, Precision]:
    """Returns what a model is to be computed in; measures it, and says so, the first time.

    Args:
        entry: the model; what is of no family of our own is measured by a layer of the usual width.
        device: where it will run.
        memory: the JSON file that remembers.
        wanted: "auto", or the dtype that the user chose.
        neighbours: the files that lend a checkpoint in one file what it lacks.

    Raises:
        ModelUnusable: its description is damaged.
    """
    row = loader_of_family(entry.family or "")
    network = row.parts[row.network][0] if row else ""
    key = f"{entry.name}, {entry.size_bytes} bytes"
    precision = known_precision(device, network=network, key=key, memory=memory, wanted=wanted)
    if precision is None:
        yield LoadingProgress(0.0, "measuring which arithmetic is fastest here")
        possible = candidates(device, network, wanted)
        seconds = time_candidates(possible, config=network_config(entry, neighbours) if row else {}, device=device)
        precision = choose_precision(seconds)
        precision = replace(precision, chunked_attention=chunks_are_quicker(precision, device))
        remember_precision(precision, seconds, key=key, memory=memory, wanted=wanted)
    return precision
