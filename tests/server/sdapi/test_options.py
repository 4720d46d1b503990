from pathlib import Path

import pytest

from tests.engine.fake_model import make_model
from webui.engine.engine import Engine
from webui.errors import InvalidRequest, SaveFailed
from webui.generation.series import PlotOptions
from webui.library.library import Library
from webui.model_manager.catalogue import Catalogue, Hashes
from webui.server.sdapi.model_names import known_name, title
from webui.server.sdapi.options import Options, PostedOptions
from webui.server.sdapi.plot_scripts import plot_options, with_known_models
from webui.settings import Settings

SHA = "6ce0161689" + "0" * 54


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return _engine(tmp_path)


def _engine(folder: Path) -> Engine:
    """One that is not started: its catalogue and settings are enough."""
    for name in ("first", "second"):
        if not (folder / "models" / "checkpoints" / name).exists():
            make_model(folder / "models", name)
    settings = Settings(data_dir=folder / "data", models_dirs=(folder / "models",))
    return Engine(settings, Catalogue(settings.models_dirs, settings.data_dir), Library(settings.data_dir))


def _with_hash(engine: Engine, name: str) -> str:
    entry = engine.catalogue.find(name)
    engine.catalogue.learn_hashes(entry, Hashes(sha256=SHA, autov2=SHA[:10]))
    return title(engine.catalogue.find(name))


def test_every_option_that_is_told_is_taken_back_unchanged(engine: Engine) -> None:
    options = Options(engine)
    before = options.told()
    options.change(PostedOptions.model_validate(before))
    assert options.told() == before
    assert options.now == Options(engine).now


def test_what_is_set_holds_after_the_next_start(tmp_path: Path) -> None:
    wanted = {
        "sd_model_checkpoint": "second", "CLIP_stop_at_last_layers": 2, "samples_format": "jpg", "jpeg_quality": 90,
        "return_grid": False, "emphasis": "No norm", "img2img_color_correction": True,
    }  # fmt: skip
    Options(_engine(tmp_path)).change(PostedOptions.model_validate(wanted))
    told = Options(_engine(tmp_path)).told()
    assert {name: told[name] for name in wanted} == wanted


def test_noise_of_a_graphics_card_is_drawn_as_it_draws_it(engine: Engine) -> None:
    options = Options(engine)
    options.change(PostedOptions(randn_source="GPU"))
    assert options.now.noise_source == "NV"
    assert options.told()["randn_source"] == "NV"


def test_options_that_mean_nothing_here_are_dropped(engine: Engine) -> None:
    options = Options(engine)
    options.change(PostedOptions.model_validate({"forge_preset": "flux", "eta_noise_seed_delta": 31337}))
    assert options.told()["eta_noise_seed_delta"] == 0


def test_a_checkpoint_is_known_by_title_name_file_and_hash(engine: Engine) -> None:
    told = _with_hash(engine, "second")
    assert told == "second [6ce0161689]"
    for name in (told, "second", "SECOND", "second.safetensors", "folder/second.ckpt [0123456789]", SHA, SHA[:10]):
        assert known_name(engine.catalogue, name, field="x") == "second"
    for nothing in (None, "", "None", "Automatic", "Use same checkpoint"):
        assert known_name(engine.catalogue, nothing, field="x") is None
    with pytest.raises(InvalidRequest, match="x: there is no model 'third'") as refused:
        known_name(engine.catalogue, "third", field="x")
    assert "second [6ce0161689]" in refused.value.hint


def test_a_plot_knows_models_by_their_titles(engine: Engine) -> None:
    told = _with_hash(engine, "second")
    plot = plot_options([11, "", [told, "first"], "VAE", "None"], img2img=False)
    known = with_known_models(plot, engine.catalogue)
    assert isinstance(known, PlotOptions)
    assert (known.x.type, known.x.values, known.y.values) == ("Checkpoint name", "second,first", "None")
    with pytest.raises(InvalidRequest, match="there is no model 'third'"):
        with_known_models(plot_options(["Checkpoint name", "third"], img2img=False), engine.catalogue)


def test_the_title_and_the_hash_are_told_together(engine: Engine) -> None:
    _with_hash(engine, "second")
    options = Options(engine)
    options.change(PostedOptions(sd_model_checkpoint="second"))
    told = options.told()
    assert (told["sd_model_checkpoint"], told["sd_checkpoint_hash"]) == ("second [6ce0161689]", SHA)


def test_a_model_that_is_gone_gives_way_to_the_default_one(engine: Engine, tmp_path: Path) -> None:
    options = Options(engine)
    options.change(PostedOptions(sd_model_checkpoint="second"))
    (tmp_path / "models" / "checkpoints" / "second").rename(tmp_path / "elsewhere")
    assert options.told()["sd_model_checkpoint"] == "first"


def test_what_cannot_be_set_changes_nothing(engine: Engine) -> None:
    options = Options(engine)
    before = options.told()
    with pytest.raises(InvalidRequest) as refused:
        options.change(PostedOptions(CLIP_stop_at_last_layers=2, sd_vae="nosuch"))
    assert refused.value.field == "sd_vae"
    assert options.told() == before


def test_a_settings_file_that_cannot_be_written_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    options = Options(engine)
    (tmp_path / "data" / "settings.json").write_text("[]")
    with pytest.raises(SaveFailed):
        options.change(PostedOptions(CLIP_stop_at_last_layers=2))
    assert options.now.clip_skip == 1


def test_a_request_brings_its_own_and_says_where_one_is_wrong(engine: Engine) -> None:
    options = Options(engine)
    brought = PostedOptions.of_request({"CLIP_stop_at_last_layers": "2", "sd_vae": "", "unknown": [1]})
    assert options.with_posted(brought).clip_skip == 2
    assert options.now.clip_skip == 1
    with pytest.raises(InvalidRequest) as refused:
        PostedOptions.of_request({"samples_format": "psd"})
    assert refused.value.field == "override_settings.samples_format"
