"""The store of latents: filled once, read at random, and never past what is written."""

from pathlib import Path

import pytest
import torch

pytest.importorskip("skia", exc_type=ImportError)

from bundled_model.learning.autoencoder import AutoencoderSettings, build_autoencoder
from bundled_model.learning.latents import LATENT_SHAPE, SERIES, LatentStore
from bundled_model.learning.pictures import numbered_scene
from bundled_model.learning.training import Stop, generator_for
from bundled_model.scenes.scene import Light, Subject, is_held_out


def test_a_batch_has_latents_and_the_scenes_they_show(training_folder: Path) -> None:
    latents, focus, scenes = LatentStore(training_folder, 32).batch(5, generator_for(1, 0))
    assert latents.shape == (5, *LATENT_SHAPE)
    assert focus.shape == (5, 1, *LATENT_SHAPE[1:])
    assert float(latents.abs().sum()) > 0
    known = {numbered_scene(SERIES, index)[0] for index in range(32)}
    assert set(scenes) <= known


def test_the_focus_is_kept_with_the_latents_and_covers_part_of_each_picture_that_names_a_thing(
    training_folder: Path,
) -> None:
    _, focus, scenes = LatentStore(training_folder, 32).batch(32, generator_for(1, 2))
    assert float(focus.max()) == 1.0
    for share, scene in zip(focus.mean(dim=(1, 2, 3)).tolist(), scenes, strict=True):
        names_a_thing = scene.subject is not Subject.NONE or scene.light is not Light.NONE
        assert (0.01 < share < 0.4) if names_a_thing else share == 0


def test_no_scene_of_the_store_is_held_out() -> None:
    scenes = [numbered_scene(SERIES, index)[0] for index in range(500)]
    assert not [s for s in scenes if is_held_out(s.time, s.terrain, s.subject)]


def test_a_store_that_is_full_is_not_encoded_again(training_folder: Path) -> None:
    # An autoencoder of another width would give other latents, were it asked.
    other = build_autoencoder(AutoencoderSettings(width=16, encoder_blocks=(0, 0, 0, 0), decoder_blocks=(0, 0, 0, 0)))
    store = LatentStore(training_folder, 32)
    before, _, _ = store.batch(4, generator_for(1, 0))
    assert store.fill(other, Stop())
    after, _, _ = store.batch(4, generator_for(1, 0))
    assert torch.equal(before, after)


def test_the_scale_gives_latents_a_deviation_of_one(training_folder: Path) -> None:
    store = LatentStore(training_folder, 32)
    latents, _, _ = store.batch(32, generator_for(1, 1))
    assert float((store.scale() * latents).std()) == pytest.approx(1, rel=0.2)
    assert LatentStore.scale_in(training_folder) == store.scale()


def test_a_stop_leaves_the_rest_for_the_next_run(tmp_path: Path) -> None:
    stop = Stop()
    stop.asked = True
    model = build_autoencoder(AutoencoderSettings(width=8, encoder_blocks=(0, 0, 0, 0), decoder_blocks=(0, 0, 0, 0)))
    assert not LatentStore(tmp_path, 64).fill(model, stop)
