"""The stages of training, in order, and the time each takes by default."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch.distributed as dist

from bundled_model.captions.tokenizer import tokenizer_in
from bundled_model.judging.classifier import train_classifier
from bundled_model.learning.autoencoder import load_autoencoder, train_autoencoder
from bundled_model.learning.denoiser import DenoiserSettings, build_text_encoder, train_denoiser
from bundled_model.learning.latents import LatentStore
from bundled_model.learning.parallel import rank, run_together
from bundled_model.learning.text_encoder import train_words
from bundled_model.learning.training import Budget, Stop

MINUTES: dict[str, float] = {"autoencoder": 27, "latents": 0, "words": 0, "denoiser": 75, "classifier": 0}
"""Training time by stage, for two processor cores; 0 where the stage has a number of steps, or just an end."""
STEPS: dict[str, int] = {"words": 500, "classifier": 500}
"""Steps of the stages that learn something small."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What `train` is to do: stages by name, and limits that replace the defaults."""

    folder: Path
    stages: tuple[str, ...]
    minutes: float | None = None
    steps: int | None = None

    def budget(self, stage: str) -> Budget:
        """How long a stage trains in all, earlier runs counted in."""
        if self.minutes is not None and self.steps is None:
            return Budget(self.minutes)
        return Budget(MINUTES[stage], self.steps or STEPS.get(stage))


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
