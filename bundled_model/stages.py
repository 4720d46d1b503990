"""The stages of training, in order, and the time each takes by default."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch.distributed as dist

from bundled_model.autoencoder import load_autoencoder, train_autoencoder
from bundled_model.classifier import train_classifier
from bundled_model.denoiser import DenoiserSettings, build_text_encoder, train_denoiser
from bundled_model.latents import LatentStore
from bundled_model.parallel import rank, run_together
from bundled_model.tokenizer import tokenizer_in
from bundled_model.training import Budget, Stop
from bundled_model.words import train_words

MINUTES: dict[str, float] = {"autoencoder": 27, "latents": 0, "words": 3, "denoiser": 75, "classifier": 4}
"""Training time by stage on two processor cores; latents take as long as they take."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What `train` is to do: stages by name, and limits that replace the defaults."""

    folder: Path
    stages: tuple[str, ...]
    minutes: float | None = None
    steps: int | None = None

    def budget(self, stage: str) -> Budget:
        """How long a stage trains in all, earlier runs counted in."""
        return Budget(MINUTES[stage] if self.minutes is None else self.minutes, self.steps)


def train(plan: Plan, processes: int) -> bool:
    """Run the stages of the plan; whether all were finished (False: stopped by a signal, start again to go on)."""
    return run_together(partial(_train, plan), processes)


def _train(plan: Plan) -> bool:
    stop = Stop()
    if rank() == 0:
        stop.listen()
    return all(_run(stage, plan, stop) for stage in plan.stages)


def _run(stage: str, plan: Plan, stop: Stop) -> bool:
    folder, budget = plan.folder, plan.budget(stage)
    if stage == "autoencoder":
        return train_autoencoder(folder, budget, stop)
    if stage == "words":
        tokenizer = tokenizer_in(folder)
        return train_words(folder, build_text_encoder(DenoiserSettings(), tokenizer), tokenizer, budget, stop)
    if stage == "classifier":
        return train_classifier(folder, budget, stop)
    store = LatentStore(folder, DenoiserSettings().pictures)
    if stage == "latents":
        finished = store.fill(load_autoencoder(folder), stop)
        if finished and dist.is_initialized():
            dist.barrier()
        return finished
    return train_denoiser(folder, store, budget, stop)
