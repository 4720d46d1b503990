"""The Models tab: what there is, what a click does with it, and how more of it comes."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.conftest import TIMEOUT_MS, open_page
from tests.e2e.making import open_tab
from tests.e2e.real_server import ServerProcess, running_server
from tests.model_manager.catalogue.header_files import write_safetensors
from tests.model_manager.downloads.model_host import ModelHost, model_bytes, model_host

pytestmark = pytest.mark.browser

_LAYER = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k"


def _write_lora(models_dir: Path, name: str, *, width: int = 32, words: str = "") -> None:
    told = {"modelspec.trigger_phrase": words, "ss_tag_frequency": json.dumps({"1_x": {"stone bridge": 7}})}
    shapes = {f"{_LAYER}.lora_down.weight": (4, width), f"{_LAYER}.lora_up.weight": (320, 4)}
    write_safetensors(models_dir / "loras" / f"{name}.safetensors", shapes, metadata=told if words else None)


@pytest.fixture(scope="module")
def models_dir(tiny_models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two checkpoints, a pickle, a LoRA with words, one for another architecture, and a VAE of other latents."""
    folder = tmp_path_factory.mktemp("models-tab") / "models"
    for name in ("tiny", "tiny-v"):
        shutil.copytree(tiny_models_dir / "checkpoints" / name, folder / "checkpoints" / name)
    (folder / "checkpoints" / "old.ckpt").write_bytes(b"PK\x03\x04" + bytes(100))
    _write_lora(folder, "ink", words="ink drawing")
    _write_lora(folder, "grain", width=2048)
    shapes = {"decoder.conv_in.weight": (8, 16, 3, 3), "decoder.conv_out.weight": (3, 8, 3, 3)}
    write_safetensors(folder / "vae" / "wide.safetensors", shapes)
    return folder


@pytest.fixture(scope="module")
def own_server(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    data_dir = tmp_path_factory.mktemp("models-tab-data") / "data"
    environment = {"DARKROOM_DOWNLOADS_FROM_THIS_COMPUTER": "true"}
    with running_server(data_dir=data_dir, models_dir=models_dir, worker=False, **environment) as started:
        yield started


@pytest.fixture
def models(browser: Browser, own_server: ServerProcess) -> Iterator[Page]:
    """The tab, drawn."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(TIMEOUT_MS)
    page = context.new_page()
    open_page(page, own_server)
    _open(page)
    yield page
    context.close()


def _open(page: Page) -> None:
    open_tab(page, "Models")
    expect(page.get_by_test_id("models-tab")).to_have_attribute("data-ready", "true")


def _kind(page: Page, kind: str) -> None:
    page.locator(f"[data-kind={kind}]").click()
    expect(page.locator(f"[data-kind={kind}]")).to_have_attribute("aria-pressed", "true")


def _card(page: Page, name: str) -> Locator:
    return page.locator(f"[data-testid=model-card][data-model='{name}']")


def _about(page: Page, name: str) -> Locator:
    _card(page, name).hover()
    _card(page, name).get_by_test_id("model-about").click()
    expect(page.get_by_test_id("model-details")).to_contain_text(name)
    return page.get_by_test_id("model-details")


def test_a_checkpoint_is_chosen_by_a_click_and_a_pickle_says_what_to_do(models: Page) -> None:
    _card(models, "tiny-v").get_by_test_id("model-use").click()
    expect(models.locator("#field-model input")).to_have_value("tiny-v")
    expect(_card(models, "tiny-v")).to_contain_text("Chosen")
    models.get_by_test_id("models-merge").click()
    _method, first, second = models.get_by_test_id("merge-panel").locator("select").all()[:3]
    assert [first.input_value(), second.input_value()] == ["tiny-v", "tiny"]
    models.get_by_test_id("models-merge").click()
    details = _about(models, "old")
    expect(details.get_by_test_id("model-problem")).to_contain_text("python -m webui models convert")
    expect(details.get_by_test_id("model-convert")).to_be_visible()
    details.get_by_test_id("model-convert").click()
    expect(models.get_by_test_id("model-task")).to_be_visible()
    models.keyboard.press("Escape")
    expect(details).to_be_hidden()
    expect(_card(models, "old").get_by_test_id("model-about")).to_be_focused()
    models.get_by_test_id("task-dismiss").click()
    models.set_viewport_size({"width": 390, "height": 844})
    _about(models, "tiny")
    expect(models.get_by_test_id("details-close")).to_be_focused()
    assert models.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_lora_goes_into_the_prompt_and_out_again_unless_it_does_not_fit(models: Page) -> None:
    prompt = models.locator("#field-prompt textarea")
    _kind(models, "lora")
    before = prompt.input_value()
    use = _card(models, "ink").get_by_test_id("model-use")
    use.click()
    expect(use).to_have_attribute("aria-pressed", "true")
    expect(prompt).to_have_value(f"{before}, ink drawing <lora:ink:1>")
    use.click()
    expect(use).to_have_attribute("aria-pressed", "false")
    expect(prompt).to_have_value(before)
    tag = _about(models, "ink").get_by_test_id("trained-tags").get_by_role("button", name="stone bridge")
    tag.click()
    expect(prompt).to_have_value(f"{before}, stone bridge")
    expect(tag).to_have_attribute("aria-pressed", "true")
    expect(_card(models, "grain")).to_contain_text("Made for SDXL")
    _card(models, "grain").get_by_test_id("model-use").click()
    expect(models.get_by_test_id("models-said")).to_contain_text("Made for SDXL")
    expect(prompt).to_have_value(f"{before}, stone bridge")
    _kind(models, "vae")
    expect(_card(models, "wide")).to_contain_text("Its latents have 16 channels; those of")


def test_words_and_favourites_narrow_the_list_and_notes_are_kept(models: Page, own_server: ServerProcess) -> None:
    _kind(models, "lora")
    details = _about(models, "ink")
    details.get_by_test_id("model-notes").fill("for quiet rivers")
    details.get_by_test_id("model-notes").press("Tab")
    own_server.wait_for("/api/v1/models?kind=lora", lambda told: any(one["notes"] for one in told))
    _card(models, "ink").hover()
    _card(models, "ink").get_by_test_id("model-favourite").click()
    own_server.wait_for("/api/v1/models?kind=lora", lambda told: any(one["favourite"] for one in told))
    open_page(models, own_server)
    _open(models)
    _kind(models, "lora")
    models.get_by_test_id("models-search").fill("quiet riv")
    expect(models.get_by_test_id("model-card")).to_have_count(1)
    models.get_by_test_id("models-search").fill("nothing like it")
    expect(models.get_by_test_id("models-empty")).to_contain_text("Nothing here is like that")
    models.get_by_role("button", name="Show all").click()
    models.get_by_test_id("models-favourites").click()
    expect(models.get_by_test_id("model-card")).to_have_count(1)
    expect(_card(models, "ink").get_by_test_id("model-favourite")).to_have_attribute("aria-pressed", "true")


def test_models_appear_by_themselves_and_are_downloaded(models: Page, models_dir: Path, tmp_path: Path) -> None:
    _kind(models, "embedding")
    expect(models.get_by_test_id("models-empty")).to_contain_text("models/embeddings")
    write_safetensors(models_dir / "embeddings" / "quiet.safetensors", {"emb_params": (2, 768)})
    expect(_card(models, "quiet")).to_be_visible()
    expect(models.get_by_test_id("models-empty")).to_be_hidden()
    _kind(models, "checkpoint")
    with model_host() as host:
        _download(models, host.put("/page.safetensors", b"<!doctype html>", headers={"Content-Type": "text/html"}))
        task = models.get_by_test_id("model-task")
        expect(task).to_contain_text("This is a web page, not a model.")
        task.get_by_test_id("task-dismiss").click()
        expect(task).to_have_count(0)
        _download(models, _put_model(host, tmp_path))
        expect(_card(models, "from the net")).to_be_visible()


def _put_model(host: ModelHost, folder: Path) -> str:
    told = {"Content-Disposition": 'attachment; filename="from the net.safetensors"'}
    return host.put("/download/7", model_bytes(folder), headers=told)


def _download(page: Page, address: str) -> None:
    page.get_by_test_id("models-download").click()
    page.get_by_test_id("download-source").fill(address)
    page.get_by_test_id("download-begin").click()
    expect(page.get_by_test_id("download-panel")).to_be_hidden()


def test_folders_and_precision_are_set_on_the_settings_tab(
    models: Page, own_server: ServerProcess, tmp_path: Path
) -> None:
    _write_lora(tmp_path, "elsewhere")
    open_tab(models, "Settings")
    models.get_by_test_id("folder-new").fill(str(tmp_path))
    models.get_by_test_id("folder-add").click()
    expect(models.get_by_test_id("folder-list")).to_contain_text(str(tmp_path))
    models.get_by_test_id("setting-vae_tiling").select_option("on")
    own_server.wait_for("/api/v1/settings/models", lambda told: told["vae_tiling"] == "on")
    own_server.wait_for("/api/v1/models?kind=lora", lambda told: any(one["name"] == "elsewhere" for one in told))
    models.get_by_role("button", name=f"Remove {tmp_path}").click()
    expect(models.get_by_test_id("folder-list")).not_to_contain_text(str(tmp_path))
