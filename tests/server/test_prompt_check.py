from pathlib import Path

import pytest

from tests.model_manager.catalogue.header_files import write_safetensors
from webui.library.prompt_files import PromptFiles
from webui.model_manager.catalogue import Catalogue
from webui.model_manager.networks import NetworkFiles
from webui.model_manager.token_counts import TokenCount
from webui.server.prompt_check import PromptCheck, PromptChecker
from webui.settings import ROOT


@pytest.fixture
def checker(tmp_path: Path) -> PromptChecker:
    folder = tmp_path / "wildcards"
    folder.mkdir()
    (folder / "colour.txt").write_text("red\n")
    models = (ROOT / "models", tmp_path / "models")
    return PromptChecker(
        catalogue=Catalogue(models), prompt_files=PromptFiles(tmp_path), networks=NetworkFiles(Catalogue(models))
    )  # fmt: skip


def check(checker: PromptChecker, prompt: str, negative_prompt: str = "", model: str | None = None) -> PromptCheck:
    return checker.check(prompt, negative_prompt, model=model, steps=10)


def test_what_a_walk_would_encode_is_counted(checker: PromptChecker) -> None:
    told = check(checker, "a __colour__ boat <lora:x:1> # a note", "boat, boat")
    assert told.count is not None and told.negative_count is not None
    assert (told.count.tokens, told.count.limit) == (3, 75)
    assert told.negative_count.tokens == 3


def test_parts_and_schedules_are_counted_by_the_longest_text(checker: PromptChecker) -> None:
    told = check(checker, "boat AND boat boat boat AND [boat:boat boat:5]")
    assert told.count is not None
    assert told.count.tokens == 3


@pytest.mark.parametrize(("model", "limit"), [("dev", 511), ("schnell", 255), ("chroma", 511), ("sd3", 75)])
def test_what_reads_a_prompt_counts_it(flow_models: Path, tmp_path: Path, model: str, limit: int) -> None:
    catalogue = Catalogue((flow_models.parent,))
    checker = PromptChecker(
        catalogue=catalogue, prompt_files=PromptFiles(tmp_path), networks=NetworkFiles(catalogue)
    )  # fmt: skip
    told = check(checker, "(the:1.3) cat AND the", model=model)
    assert told.count == TokenCount(limit, 2 if limit != 75 else 4), "CLIP's tiny tokeniser knows no cat"


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("<lora:missing:1>", "no LoRA 'missing'"),
        ("<lyco:x:1>", "no LoRA 'x'"),
        ("<hypernet:x:1>", "hypernetworks are not supported"),
        ("<lora:x:strong>", "'strong' is no weight"),
        ("__nope__", "no wildcard list 'nope'"),
        ("[a:b:3] | c", "prompt editing off"),
        ("(a BREAK b)", "BREAK inside brackets"),
    ],
)
def test_what_will_not_work_is_told_in_a_sentence(checker: PromptChecker, prompt: str, words: str) -> None:
    assert any(words in warning for warning in check(checker, prompt).warnings)
    assert any(words in warning for warning in check(checker, "", prompt).warnings)


@pytest.mark.parametrize("prompt", ["", "a (red:1.2) boat", "a | b", "[a|b] [c:d:3]", "a BREAK b", "{a|b} __colour__"])
def test_of_a_prompt_that_works_nothing_is_told(checker: PromptChecker, prompt: str) -> None:
    assert check(checker, prompt).warnings == ()


def test_a_lora_that_fits_is_not_told_of_and_one_that_does_not_says_why(checker: PromptChecker, tmp_path: Path) -> None:
    folder = tmp_path / "models" / "loras"
    layer = "lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn2_to_k"
    shapes = {f"{layer}.lora_down.weight": (4, 768), f"{layer}.lora_up.weight": (320, 4)}
    write_safetensors(folder / "ink.safetensors", shapes)
    (folder / "broken.safetensors").write_bytes(b"")
    (warning,) = check(checker, "<lora:ink:1>").warnings
    assert warning.startswith("The LoRA 'ink' does not fit the model. It was made for SD 1.x, and this model is ")
    (warning,) = check(checker, "<lora:broken:1>").warnings
    assert warning.startswith("The LoRA 'broken' cannot be used: ")


def test_without_a_model_there_are_warnings_and_no_counts(checker: PromptChecker) -> None:
    told = check(checker, "__nope__", model="none")
    assert told.count is None and told.negative_count is None
    assert told.warnings


def test_the_longest_prompts_are_checked(checker: PromptChecker) -> None:
    for pattern in ("[a|b]", "(a", "__x__ ", "{a|b}", "[a:b:3]", "AND "):
        assert check(checker, pattern * (20_000 // len(pattern))).count is not None


def test_what_an_extension_reads_is_no_unknown_network(tmp_path: Path) -> None:
    catalogue = Catalogue((ROOT / "models",))
    checker = PromptChecker(
        catalogue=catalogue,
        prompt_files=PromptFiles(tmp_path),
        networks=NetworkFiles(catalogue),
        syntaxes=lambda: {"travel"},
    )
    assert check(checker, "<travel: dawn | night> of a hill").warnings == ()
    assert "only LoRAs are known" in check(checker, "<voyage: dawn>").warnings[0]
