import json
from pathlib import Path

import pytest

from tests.model_manager.catalogue.header_files import write_safetensors
from webui.model_manager.catalogue import Catalogue
from webui.model_manager.catalogue.inspecting import inspected
from webui.model_manager.catalogue.told_metadata import shown, training_tags, trigger_words

LORA = {"lora_unet_x_attn2_to_k.lora_down.weight": (4, 768)}


@pytest.fixture
def lora(tmp_path: Path) -> Path:
    return write_safetensors(
        tmp_path / "loras" / "ink.safetensors",
        LORA,
        metadata={
            "ss_output_name": "ink_v2",
            "ss_tag_frequency": json.dumps({"10_inkstyle": {"ink": 30, "tree": 2}, "5_more": {"tree": 9}}),
            "ss_dataset_dirs": json.dumps({"10_inkstyle": {"n_repeats": 10}}),
            "ss_network_dim": "4",
        },
    )


def test_a_lora_tells_its_alias_tags_and_trigger_words(lora: Path) -> None:
    (entry,) = Catalogue((lora.parent.parent,)).entries("lora")
    assert (entry.alias, entry.trigger_words) == ("ink_v2", ("inkstyle",))
    told = inspected(entry)
    assert told["tags"] == {"ink": 30, "tree": 11}
    assert told["metadata"]["ss_network_dim"] == "4"
    assert told["types"] == {"F16": 3072}


@pytest.mark.parametrize("name", ["ink.preview.png", "ink.png", "ink.jpg", "ink.webp", "ink.preview.jpeg"])
def test_a_picture_beside_the_file_is_its_preview(lora: Path, name: str) -> None:
    (lora.parent / name).write_bytes(b"\x89PNG")
    (lora.parent / "inkling.png").write_bytes(b"\x89PNG")
    (entry,) = Catalogue((lora.parent,)).entries("lora")
    assert entry.preview == lora.parent / name


def test_what_civitai_answered_is_read(lora: Path) -> None:
    told = {
        "modelId": 1, "baseModel": "SDXL 1.0", "trainedWords": ["ink style, brush", "paper"],
        "description": "<p>Draws with <b>ink</b>.</p><script>alert(1)</script>", "model": {"name": "Ink"},
    }  # fmt: skip
    (lora.parent / "ink.civitai.info").write_text(json.dumps(told))
    (entry,) = Catalogue((lora.parent,)).entries("lora")
    assert entry.trigger_words == ("ink style", "brush", "paper", "inkstyle")
    assert entry.description.startswith("Draws with ink.")
    assert "<" not in entry.description


def test_what_a1111_wrote_down_is_read(lora: Path) -> None:
    told = {
        "description": "Ink.", "sd version": "SD1", "activation text": "ink style, sumi-e", "preferred weight": 0.8,
        "notes": "Mine.",
    }  # fmt: skip
    (lora.parent / "ink.json").write_text(json.dumps(told))
    (entry,) = Catalogue((lora.parent,)).entries("lora")
    assert entry.trigger_words[:2] == ("ink style", "sumi-e")
    assert entry.description == "Ink.\n\nMine."
    assert entry.preferred_weight == 0.8


@pytest.mark.parametrize(
    "text", ["{", "[1]", '"x"', '{"trainedWords": 3, "description": [1]}', "[" * 100_000, '{"modelId": 1, "model": 3}']
)
def test_damaged_sidecars_say_nothing(lora: Path, text: str) -> None:
    (lora.parent / "ink.json").write_text(text)
    (lora.parent / "ink.civitai.info").write_text(text)
    (entry,) = Catalogue((lora.parent,)).entries("lora")
    assert entry.problem is None
    assert entry.description == ""


def test_a_change_of_a_sidecar_is_news(lora: Path) -> None:
    catalogue = Catalogue((lora.parent,))
    version = catalogue.rescan()
    (lora.parent / "ink.png").write_bytes(b"\x89PNG")
    assert catalogue.rescan() > version


def test_metadata_that_are_damaged_or_long_do_no_harm() -> None:
    assert training_tags({"ss_tag_frequency": "{"}) == {}
    assert training_tags({"ss_tag_frequency": '{"a": {"b": "c"}, "d": 3}'}) == {}
    assert trigger_words({"modelspec.trigger_phrase": "one, two"}) == ("one", "two")
    assert len(shown({"a": "x" * 10_000})["a"]) == 4099
