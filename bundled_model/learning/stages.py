"""The stages of training, and the time each takes by default."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bundled_model.captions.tokenizer import tokenizer_in
from bundled_model.judging.classifier import CLASSIFIER_FILE
from bundled_model.judging.classifier_training import train_classifier
from bundled_model.learning.autoencoder import (
    AUTOENCODER_FILE,
    find_encoder,
    load_encoder,
    psnr,
    train_autoencoder,
)
from bundled_model.learning.denoiser import DENOISER_FILE, train_denoiser
from bundled_model.learning.drawings import DrawingStore
from bundled_model.learning.latents import LatentStore
from bundled_model.learning.parallel import Share, run_together, spread
from bundled_model.learning.plan import Plan
from bundled_model.learning.reader import READER_FILE, reading_accuracy, train_reader
from bundled_model.learning.stopping import Stop
from bundled_model.learning.text_encoder import WORDS_FILE, build_text_encoder, train_words
from bundled_model.learning.training import Budget

READING = ("words", "latents", "denoiser", "reader")
"""Stages that need the tokenizer."""
SEEING = ("autoencoder", "latents")
"""Stages that need the encoder."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A stage that trains something: how, where its state is kept, and for how many `steps` or else `minutes`."""

    learn: Callable[[Plan, Budget, Stop], bool]
    file: str
    minutes: float = 0
    steps: int | None = None

    def budget(self, plan: Plan) -> Budget:
        """How long it trains in all, earlier runs counted in."""
        if plan.minutes is not None and plan.steps is None:
            return Budget(plan.minutes)
        return Budget(self.minutes, plan.steps or self.steps)


def _learn_drawings(plan: Plan, budget: Budget, stop: Stop) -> bool:
    return train_autoencoder(plan.folder, DrawingStore(plan.folder, plan.pictures), budget, stop)


def _learn_words(plan: Plan, budget: Budget, stop: Stop) -> bool:
    tokenizer = tokenizer_in(plan.folder)
    return train_words(plan.folder, build_text_encoder(tokenizer), tokenizer, budget, stop)


def _learn_to_denoise(plan: Plan, budget: Budget, stop: Stop) -> bool:
    return train_denoiser(plan.folder, LatentStore(plan.folder, plan.pictures), budget, stop)


def _learn_to_read(plan: Plan, budget: Budget, stop: Stop) -> bool:
    return train_reader(plan.folder, DrawingStore(plan.folder, plan.pictures), budget, stop)


def _learn_to_judge(plan: Plan, budget: Budget, stop: Stop) -> bool:
    return train_classifier(plan.folder, DrawingStore(plan.folder, plan.pictures), budget, stop)


LESSONS: dict[str, Lesson] = {
    "autoencoder": Lesson(_learn_drawings, AUTOENCODER_FILE, steps=3600),
    "words": Lesson(_learn_words, WORDS_FILE, steps=1200),
    "denoiser": Lesson(_learn_to_denoise, DENOISER_FILE, minutes=300),
    "reader": Lesson(_learn_to_read, READER_FILE, minutes=100),
    "classifier": Lesson(_learn_to_judge, CLASSIFIER_FILE, steps=2500),
}
"""The stages that train, with their times on two processor cores."""

MEASURED: dict[str, tuple[str, Callable[[Path], dict[str, float]]]] = {
    "autoencoder": ("PSNR of new drawings by style, dB", psnr),
    "reader": ("new drawings read right, %", reading_accuracy),
}
"""What is measured when a stage is finished."""


def train(plan: Plan, processes: int) -> bool:
    """Run the stages of the plan; whether all were finished (False: stopped by a signal, start again to go on)."""
    stop = Stop()
    stop.listen()
    return all(_run(stage, plan, processes, stop) for stage in plan.stages)


def _run(stage: str, plan: Plan, processes: int, stop: Stop) -> bool:
    if stage in READING:
        # Made here, where it is missing, before several processes look for it.
        tokenizer_in(plan.folder)
    if stage == "drawings":
        return _draw(plan, processes, stop)
    if stage in SEEING:
        find_encoder(plan.folder, DrawingStore(plan.folder, plan.pictures))
    if stage == "latents":
        return _encode(plan, processes, stop)
    lesson = LESSONS[stage]
    budget = lesson.budget(plan)
    if budget.is_used_up(plan.folder / lesson.file):
        return True
    finished = run_together(partial(lesson.learn, plan, budget, stop), processes)
    if finished and stage in MEASURED:
        what, measure = MEASURED[stage]
        figures = ", ".join(f"{name} {value}" for name, value in measure(plan.folder).items())
        print(f"{stage}: {what}: {figures}", flush=True)
    return finished


def _draw(plan: Plan, processes: int, stop: Stop) -> bool:
    full = DrawingStore(plan.folder, plan.pictures).is_full()
    return full or spread(partial(_draw_share, plan), processes, stop)


def _draw_share(plan: Plan, share: Share, stop: Stop) -> bool:
    return DrawingStore(plan.folder, plan.pictures).fill(share, stop)


def _encode(plan: Plan, processes: int, stop: Stop) -> bool:
    store = LatentStore(plan.folder, plan.pictures)
    store.empty_unless_from(load_encoder(plan.folder))
    finished = store.is_full() or spread(partial(_encode_share, plan), processes, stop)
    if finished:
        store.scale()
    return finished


def _encode_share(plan: Plan, share: Share, stop: Stop) -> bool:
    drawings = DrawingStore(plan.folder, plan.pictures)
    model, tokenizer = load_encoder(plan.folder), tokenizer_in(plan.folder)
    return LatentStore(plan.folder, plan.pictures).fill(drawings, model, tokenizer, share, stop)
