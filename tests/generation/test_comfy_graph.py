import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webui.generation.comfy_graph import is_comfy, read_comfy
from webui.generation.request import GenerationRequest

_Graph = dict[str, Any]


def _node(kind: str, **inputs: Any) -> dict[str, Any]:
    return {"class_type": kind, "inputs": inputs}


def _standard(**more: Any) -> _Graph:
    """The graph that ComfyUI opens with."""
    return {
        "3": _node(
            "KSampler", seed=156680208700286, steps=20, cfg=8, sampler_name="euler_ancestral", scheduler="normal",
            denoise=1, model=["4", 0], positive=["6", 0], negative=["7", 0], latent_image=["5", 0],
        ),
        "4": _node("CheckpointLoaderSimple", ckpt_name="sd15/sea-v1.5.safetensors"),
        "5": _node("EmptyLatentImage", width=512, height=768, batch_size=2),
        "6": _node("CLIPTextEncode", text="a lighthouse", clip=["4", 1]),
        "7": _node("CLIPTextEncode", text="fog", clip=["4", 1]),
        "8": _node("VAEDecode", samples=["3", 0], vae=["4", 2]),
        "9": _node("SaveImage", images=["8", 0], filename_prefix="x"),
        **more,
    }  # fmt: skip


def _changed(graph: _Graph, node: str, **inputs: Any) -> _Graph:
    return {**graph, node: {**graph[node], "inputs": {**graph[node]["inputs"], **inputs}}}


def test_the_graph_that_comfyui_opens_with_gives_its_fields() -> None:
    read = read_comfy(_standard())
    assert read.values == {
        "prompt": "a lighthouse", "negative_prompt": "fog", "clip_skip": 1, "steps": 20, "cfg_scale": 8.0,
        "sampler": "Euler a", "schedule": "Uniform", "seed": 156680208700286, "noise_source": "CPU",
        "model": "sea-v1.5", "width": 512, "height": 768, "batch_size": 2,
    }  # fmt: skip
    assert read.notes == ()
    GenerationRequest.parse(read.values)


def test_loras_and_clip_skip_are_found_along_the_models_line() -> None:
    graph = _standard(
        a=_node(
            "LoraLoader",
            lora_name="waves.safetensors",
            strength_model=0.7,
            strength_clip=0.5,
            model=["4", 0],
            clip=["4", 1],
        ),
        b=_node("LoraLoader", lora_name="x/night.pt", strength_model=1, strength_clip=1, model=["a", 0], clip=["a", 1]),
        c=_node("CLIPSetLastLayer", stop_at_clip_layer=-2, clip=["b", 1]),
    )
    values = read_comfy(_changed(_changed(graph, "3", model=["b", 0]), "6", clip=["c", 0])).values
    assert values["prompt"] == "a lighthouse <lora:waves:0.5:0.7> <lora:night:1>"
    assert (values["clip_skip"], values["model"]) == (2, "sea-v1.5")


def test_values_come_through_reroutes_and_primitives() -> None:
    graph = _standard(
        r=_node("Reroute", **{"": ["6", 0]}),
        s=_node("PrimitiveInt", value=33),
        t=_node("PrimitiveStringMultiline", value="a harbour"),
        u=_node("Reroute", **{"": ["t", 0]}),
    )
    graph = _changed(_changed(graph, "3", positive=["r", 0], seed=["s", 0]), "6", text=["u", 0])
    graph = _changed(_standard(**graph), "5", width=["w", 0]) | {"w": _node("PrimitiveInt", value=640)}
    values = read_comfy(graph).values
    assert (values["prompt"], values["seed"], values["width"]) == ("a harbour", 33, 640)


def test_a_loaded_picture_is_a_start_and_its_mask_a_mask() -> None:
    graph = _standard(
        i=_node("LoadImage", image="in.png"),
        e=_node("VAEEncode", pixels=["i", 0], vae=["4", 2]),
        m=_node("SetLatentNoiseMask", samples=["e", 0], mask=["i", 1]),
    )
    read = read_comfy(_changed(graph, "3", latent_image=["m", 0], denoise=0.6))
    assert read.values["start"] == {"kind": "picture", "strength": 0.6}
    assert read.values["mask"] == {"blur": 0}
    assert "in.png" in read.notes[0]
    GenerationRequest.parse(read.request_values())


def test_outpainting_gives_its_margins() -> None:
    graph = _standard(
        i=_node("LoadImage", image="in.png"),
        o=_node("ImagePadForOutpaint", image=["i", 0], left=64, top=0, right=128, bottom=0, feathering=40),
        e=_node("VAEEncodeForInpaint", pixels=["o", 0], mask=["o", 1], vae=["4", 2], grow_mask_by=6),
    )
    start = read_comfy(_changed(graph, "3", latent_image=["e", 0])).values["start"]
    assert start["margins"] == {"left": 64, "top": 0, "right": 128, "bottom": 0}


def test_a_second_sampler_after_enlarging_is_a_second_pass() -> None:
    graph = _standard(
        u=_node("LatentUpscale", samples=["3", 0], upscale_method="nearest-exact", width=1024, height=1536, crop="no"),
        k=_node(
            "KSampler", seed=9, steps=12, cfg=6, sampler_name="ddim", scheduler="ddim_uniform", denoise=0.5,
            model=["4", 0], positive=["6", 0], negative=["n", 0], latent_image=["u", 0],
        ),
        n=_node("CLIPTextEncode", text="blur", clip=["4", 1]),
    )  # fmt: skip
    values = read_comfy(_changed(graph, "8", samples=["k", 0])).values
    assert (values["seed"], values["width"]) == (156680208700286, 512)
    hires = values["hires"]
    assert (hires["width"], hires["height"], hires["upscaler"]) == (1024, 1536, "Latent (nearest-exact)")
    assert (hires["steps"], hires["strength"], hires["cfg_scale"], hires["sampler"]) == (12, 0.5, 6.0, "DDIM")
    assert hires["negative_prompt"] == "blur"
    assert "prompt" not in hires


def test_the_advanced_samplers_start_is_a_strength() -> None:
    graph = _standard(i=_node("LoadImage", image="x"), e=_node("VAEEncode", pixels=["i", 0]))
    graph["3"] = _node(
        "KSamplerAdvanced", noise_seed=5, steps=20, start_at_step=12, end_at_step=10000, cfg=7, sampler_name="dpmpp_2m",
        scheduler="karras", model=["4", 0], positive=["6", 0], negative=["7", 0], latent_image=["e", 0],
    )  # fmt: skip
    values = read_comfy(graph).values
    assert values["start"]["strength"] == pytest.approx(0.4)
    assert (values["seed"], values["sampler"], values["schedule"]) == (5, "DPM++ 2M", "Karras")


def test_a_sampler_put_together_from_parts_is_read() -> None:
    graph = _standard(
        z=_node(
            "SamplerCustomAdvanced",
            noise=["n", 0],
            guider=["g", 0],
            sampler=["s", 0],
            sigmas=["b", 0],
            latent_image=["5", 0],
        ),
        n=_node("RandomNoise", noise_seed=77),
        g=_node("CFGGuider", model=["4", 0], positive=["6", 0], negative=["7", 0], cfg=3.5),
        s=_node("KSamplerSelect", sampler_name="euler"),
        b=_node("BasicScheduler", model=["4", 0], scheduler="sgm_uniform", steps=28, denoise=1),
    )
    del graph["3"]
    values = read_comfy(_changed(graph, "8", samples=["z", 0])).values
    assert (values["seed"], values["steps"], values["cfg_scale"]) == (77, 28, 3.5)
    assert (values["sampler"], values["schedule"], values["prompt"]) == ("Euler", "SGM Uniform", "a lighthouse")


def test_combined_and_joined_conditionings_are_and_and_break() -> None:
    graph = _standard(
        p=_node("CLIPTextEncode", text="a storm", clip=["4", 1]),
        q=_node("CLIPTextEncode", text="at night", clip=["4", 1]),
        c=_node("ConditioningConcat", conditioning_to=["p", 0], conditioning_from=["q", 0]),
        d=_node("ConditioningCombine", conditioning_1=["6", 0], conditioning_2=["c", 0]),
    )
    prompt = read_comfy(_changed(graph, "3", positive=["d", 0])).values["prompt"]
    assert prompt == "a lighthouse\nAND\na storm\nBREAK\nat night"


def test_conditionings_pass_through_a_control_net_on_their_own_side() -> None:
    graph = _standard(c=_node("ControlNetApplyAdvanced", positive=["6", 0], negative=["7", 0], strength=1))
    read = read_comfy(_changed(graph, "3", positive=["c", 0], negative=["c", 1]))
    assert (read.values["prompt"], read.values["negative_prompt"]) == ("a lighthouse", "fog")
    assert read.notes == ("What these ComfyUI nodes do is not taken over: ControlNetApplyAdvanced.",)


def test_an_unknown_sampler_and_a_bad_value_are_noted() -> None:
    read = read_comfy(_changed(_standard(), "3", sampler_name="res_multistep_x", steps=9999, seed=2**64 - 1))
    assert {"sampler", "steps", "seed"} & set(read.values) == set()
    assert len(read.notes) == 3


def test_cycles_and_missing_nodes_end() -> None:
    graph = _standard(
        r=_node("Reroute", **{"": ["t", 0]}),
        t=_node("Reroute", **{"": ["r", 0]}),
        m=_node("LoraLoader", lora_name="x", model=["m", 0]),
    )
    graph = _changed(
        graph, "3", positive=["r", 0], seed=["t", 0], latent_image=["3", 0], negative=["nowhere", 0], model=["m", 0]
    )
    assert read_comfy(graph).values["steps"] == 20


def test_graphs_without_a_sampler_are_told() -> None:
    assert read_comfy({"1": _node("SaveImage")}).notes[0].startswith("There is no sampler")
    assert read_comfy({}).values == {}


def test_a_huge_graph_is_read_in_time_that_grows_with_its_size() -> None:
    def lined(count: int) -> _Graph:
        nodes = {f"r{i}": _node("Reroute", x=[f"r{i + 1}", 0], y=[f"r{i + 2}", 0]) for i in range(count)}
        return _changed(_standard(**nodes), "3", model=["r0", 0], positive=["r0", 0], latent_image=["r0", 0])

    def taken(graph: _Graph) -> float:
        start = time.process_time()
        read_comfy(graph)
        return time.process_time() - start

    small, large = lined(250), lined(4000)
    taken(small)
    assert min(taken(large) for _ in range(3)) < 100 * min(taken(small) for _ in range(3)) + 0.1


_VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.just([]), st.just({}),
    st.tuples(st.sampled_from("34567ab"), st.integers(0, 2)).map(list), st.lists(st.integers(), max_size=3),
)  # fmt: skip
_NAMES = st.sampled_from(
    ["model", "positive", "negative", "latent_image", "samples", "text", "clip", "seed", "steps", "pixels", "mask", ""]
)
_KINDS = st.sampled_from(
    ["KSampler", "CLIPTextEncode", "LoraLoader", "Reroute", "LatentUpscale", "ConditioningCombine", "LoadImage", "Odd"]
)


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from("34567ab"),
        st.one_of(
            st.fixed_dictionaries({"class_type": _KINDS, "inputs": st.dictionaries(_NAMES, _VALUES, max_size=8)}),
            _VALUES,
        ),
    )
)
def test_whatever_stands_in_a_graph_what_comes_is_a_request(graph: _Graph) -> None:
    is_comfy(graph)
    GenerationRequest.parse(read_comfy(graph).request_values())
    GenerationRequest.parse(read_comfy({**_standard(), **graph}).request_values())
