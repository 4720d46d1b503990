from webui.generation.infotext import write_infotext
from webui.generation.request import GenerationRequest


def test_the_infotext_has_the_form_that_a1111_writes() -> None:
    request = GenerationRequest(
        prompt="a sailboat", negative_prompt="fog", steps=20, sampler="Euler a", cfg_scale=5.5, width=320, height=256,
        seed=42, model="postcard",
    )  # fmt: skip
    prompt, negative, parameters = write_infotext(request).split("\n")
    assert prompt == "a sailboat"
    assert negative == "Negative prompt: fog"
    assert parameters.startswith(
        "Steps: 20, Sampler: Euler a, Schedule type: Automatic, CFG scale: 5.5, Seed: 42, Size: 320x256, "
        "Model: postcard, Version: Darkroom "
    )


def test_no_negative_prompt_means_no_line_for_it() -> None:
    assert "Negative prompt" not in write_infotext(GenerationRequest(prompt="x"))


def test_a_value_with_a_comma_a_colon_or_a_newline_is_quoted() -> None:
    text = write_infotext(GenerationRequest(model='odd, "name": é'))
    assert 'Model: "odd, \\"name\\": é"' in text


def test_a_whole_cfg_scale_has_no_decimals() -> None:
    assert "CFG scale: 7, " in write_infotext(GenerationRequest(cfg_scale=7.0))
