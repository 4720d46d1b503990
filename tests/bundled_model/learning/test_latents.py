"""The store of latents: filled once, read at random, and never past what is written."""

from pathlib import Path

import pytest
import torch

pytest.importorskip("skia", exc_type=ImportError)

from bundled_model.captions.tokenizer import END, MAX_TOKENS, START, tokenizer_in
from bundled_model.learning.autoencoder import LATENT_CHANNELS, AutoencoderSettings, build_autoencoder
from bundled_model.learning.drawings import DrawingStore, index_of
from bundled_model.learning.latents import CAPTIONS, LatentStore, captions_of
from bundled_model.learning.parallel import Share
from bundled_model.learning.stopping import Stop
from bundled_model.learning.training import generator_for

OTHER = AutoencoderSettings(decoder_blocks=(0, 0, 0, 0))


def test_a_batch_has_latents_what_they_show_and_captions(filled_folder: Path) -> None:
    latents, parts, tokens = LatentStore(filled_folder, 64).batch(5, generator_for(1, 0), size=1)
    assert latents.shape == (5, LATENT_CHANNELS, 32, 48)
    assert float(latents.abs().sum()) > 0
    assert parts.shape == (5, 32, 48)
    assert tokens.shape == (5, MAX_TOKENS)
    assert tokens.dtype == torch.int64


def test_without_a_size_each_batch_is_of_any(filled_folder: Path) -> None:
    store = LatentStore(filled_folder, 64)
    shapes = {tuple(store.batch(1, generator_for(1, step))[0].shape[2:]) for step in range(30)}
    assert shapes == {(32, 32), (32, 48), (48, 32)}


def test_parts_and_captions_lie_beside_the_latents_of_the_same_drawing(filled_folder: Path) -> None:
    drawings, store = DrawingStore(filled_folder, 64), LatentStore(filled_folder, 64)
    fields = store.shelves[2].fields
    assert (fields["parts"] == drawings.parts(2, range(32))).all()
    kept = [tokens[tokens != tokens[-1]].tolist() for tokens in fields["tokens"][9]]
    tokenizer = tokenizer_in(filled_folder)
    ends = tokenizer.get_vocab()[END]
    cut = [tokenizer(caption).input_ids for caption in captions_of(index_of(2, 9))]
    assert kept == [[token for token in tokens if token != ends] for tokens in cut]
    assert len(cut) == CAPTIONS
    assert all(tokens[0] == tokenizer.get_vocab()[START] for tokens in cut)


def test_a_store_that_is_full_is_encoded_again_only_for_another_encoder(training_folder: Path) -> None:
    store, drawings = LatentStore(training_folder, 64), DrawingStore(training_folder, 64)
    other, tokenizer = build_autoencoder(OTHER).eval(), tokenizer_in(training_folder)
    before, _, _ = store.batch(4, generator_for(1, 0))
    assert store.fill(drawings, other, tokenizer, Share(), Stop())
    assert torch.equal(before, store.batch(4, generator_for(1, 0))[0])
    store.empty_unless_from(other)
    assert not store.is_full()
    assert store.fill(drawings, other, tokenizer, Share(), Stop())
    store.empty_unless_from(other)
    assert store.is_full()
    assert not torch.equal(before, store.batch(4, generator_for(1, 0))[0])


def test_the_scale_gives_latents_a_deviation_of_one(training_folder: Path) -> None:
    store = LatentStore(training_folder, 64)
    latents = torch.cat([store.batch(32, generator_for(1, size), size)[0].reshape(-1) for size in range(3)])
    assert float((store.scale() * latents).std()) == pytest.approx(1, rel=0.2)
    assert LatentStore.scale_in(training_folder) == store.scale()


def test_a_stop_leaves_the_rest_for_the_next_run(filled_folder: Path, tmp_path: Path) -> None:
    stop = Stop()
    stop.asked = True
    drawings, tokenizer = DrawingStore(filled_folder, 64), tokenizer_in(filled_folder)
    assert not LatentStore(tmp_path, 64).fill(drawings, build_autoencoder(OTHER), tokenizer, Share(), stop)
