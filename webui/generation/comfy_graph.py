"""Reads ComfyUI's prompt graph into the fields of a request, as far as its standard nodes go.

It is read from the end: the sampler nearest to what is saved; along its latents what came before it (another sampler:
two passes; a loaded picture: a start; empty latents: noise); along its model and conditioning the rest.
"""

from collections.abc import Mapping
from typing import Any

from webui.generation.comfy_nodes import ComfyGraph, Node
from webui.generation.comfy_walks import LatentsPath, Sampler, last_sampler, latents_of, text_of
from webui.generation.foreign_names import put_sampling
from webui.generation.infotext_fields import FieldCollector, InfotextFields, listed, shown
from webui.generation.request import NoiseSource
from webui.generation.ways import HiresUpscaler

_SAVING = ("SaveImage", "PreviewImage", "SaveAnimatedWEBP", "SaveImageWebsocket")
_MODEL_NAMES = ("ckpt_name", "unet_name")
_UPSCALERS = {
    "bilinear": HiresUpscaler.LATENT,
    "bicubic": HiresUpscaler.LATENT_BICUBIC,
    "nearest-exact": HiresUpscaler.LATENT_NEAREST_EXACT,
    "area": HiresUpscaler.LATENT,
    "bislerp": HiresUpscaler.LATENT,
}
_KNOWN = frozenset(
    {
        *_SAVING, "KSampler", "KSamplerAdvanced", "SamplerCustom", "SamplerCustomAdvanced", "KSamplerSelect",
        "BasicScheduler", "RandomNoise", "CFGGuider", "BasicGuider", "CLIPTextEncode", "CLIPTextEncodeSDXL",
        "CLIPSetLastLayer", "ConditioningCombine", "ConditioningConcat", "ConditioningZeroOut", "EmptyLatentImage",
        "EmptySD3LatentImage", "CheckpointLoaderSimple", "CheckpointLoader", "UNETLoader", "VAELoader", "CLIPLoader",
        "DualCLIPLoader", "LoraLoader", "LoraLoaderModelOnly", "LatentUpscale", "LatentUpscaleBy", "ImageScale",
        "ImageScaleBy", "LoadImage", "LoadImageMask", "ImageToMask", "InvertMask", "VAEEncode", "VAEEncodeForInpaint",
        "VAEDecode", "VAEDecodeTiled", "SetLatentNoiseMask", "InpaintModelConditioning", "ImagePadForOutpaint",
        "RepeatLatentBatch", "RescaleCFG", "PerturbedAttentionGuidance", "Reroute", "PrimitiveNode", "PrimitiveInt",
        "PrimitiveFloat", "PrimitiveString", "PrimitiveStringMultiline", "PrimitiveBoolean", "Note", "MarkdownNote",
    }
)  # fmt: skip


def is_comfy(values: Mapping[str, Any]) -> bool:
    """Whether a JSON object is a prompt graph."""
    return any(isinstance(node, dict) and "class_type" in node for node in values.values())


def read_comfy(values: Mapping[str, Any]) -> InfotextFields:
    """The fields that a prompt graph describes; any JSON object can be read."""
    graph = ComfyGraph(values)
    fields = FieldCollector()
    last = last_sampler(graph, _SAVING)
    if last is None:
        fields.note("There is no sampler in this ComfyUI graph, so nothing could be read of it.")
        return fields.done()
    path = latents_of(graph, last)
    first, first_path, second = last, path, None
    if path.before is not None and (path.resizing or path.by_model):
        first, second = path.before, Sampler(graph, last)
        first_path = latents_of(graph, first)
    if first_path.before is not None:
        fields.note("The graph has more passes than one and an enlarging second one; those before were left out.")
    sampler = Sampler(graph, first)
    _put_texts(sampler, fields)
    _put_sampling(sampler, "", fields)
    fields.put_if("seed", sampler.setting("seed", "noise_seed"), named="Seed")
    fields.put("noise_source", NoiseSource.CPU.value, named="The noise")
    _put_model(sampler, fields)
    _put_size(graph, first_path, fields)
    if first_path.loaded is not None:
        _put_start(graph, sampler, first_path, fields)
    if second is not None:
        _put_second_pass(sampler, second, path, fields)
    _note_unknown(graph, fields)
    return fields.done()


def _put_texts(sampler: Sampler, fields: FieldCollector) -> None:
    graph = sampler.graph
    prompt, encoder = text_of(graph, sampler.link("positive", "conditioning"), "positive")
    loras = [tag for node in sampler.models() if (tag := _lora(graph, node))]
    fields.put("prompt", " ".join(part for part in (prompt, *reversed(loras)) if part), named="The prompt")
    negative, _ = text_of(graph, sampler.link("negative"), "negative")
    fields.put("negative_prompt", negative, named="The negative prompt")
    if encoder is None:
        return
    clips = [link.node] if (link := graph.link(encoder, "clip")) is not None else []
    clips += [node for clip in clips for node in graph.chain(clip, "clip")]
    layer = next((graph.value(node, "stop_at_clip_layer") for node in clips if node.kind == "CLIPSetLastLayer"), None)
    fields.put("clip_skip", -layer if isinstance(layer, int) else 1, named="Clip skip")


def _lora(graph: ComfyGraph, node: Node) -> str:
    """The tag of a node that loads a LoRA: text encoder's strength first, as A1111 has it."""
    name = graph.value(node, "lora_name")
    if not isinstance(name, str):
        return ""
    unet, encoder = graph.value(node, "strength_model"), graph.value(node, "strength_clip")
    strengths = [str(value) for value in (encoder, unet) if value is not None]
    return f"<lora:{':'.join([_stem(name), *dict.fromkeys(strengths)])}>"


def _put_sampling(sampler: Sampler, group: str, fields: FieldCollector) -> None:
    named = "Hires " if group else ""
    fields.put_if(f"{group}steps", sampler.setting("steps"), named=f"{named}Steps")
    fields.put_if(f"{group}cfg_scale", sampler.setting("cfg"), named=f"{named}CFG scale")
    names = (sampler.setting("sampler_name"), sampler.setting("scheduler"))
    name, schedule = (told if isinstance(told, str) else "" for told in names)
    put_sampling(fields, name, schedule, group=group)


def _put_model(sampler: Sampler, fields: FieldCollector) -> None:
    for node in sampler.models():
        value = sampler.graph.value
        name = next((value(node, key) for key in _MODEL_NAMES if isinstance(value(node, key), str)), None)
        if name is not None and not fields.has("model"):
            fields.put("model", _stem(name), named="Model")
        if node.kind == "RescaleCFG":
            fields.put_if("cfg_rescale", value(node, "multiplier"), named="CFG rescale")
        elif node.kind == "PerturbedAttentionGuidance":
            fields.put_if("pag_scale", value(node, "scale"), named="PAG scale")


def _put_size(graph: ComfyGraph, path: LatentsPath, fields: FieldCollector) -> None:
    sized = path.empty or path.resizing
    if sized is not None:
        size = graph.value(sized, "width"), graph.value(sized, "height")
        fields.put_pair(("width", "height"), None if None in size else size, named="Size")
    if path.empty is not None:
        fields.put_if("batch_size", graph.value(path.empty, "batch_size"), named="Batch size")


def _put_start(graph: ComfyGraph, sampler: Sampler, path: LatentsPath, fields: FieldCollector) -> None:
    fields.put("start.strength", sampler.strength if sampler.strength is not None else 1.0, named="Denoising strength")
    name = graph.value(path.loaded, "image") if path.loaded else None
    told = f" ({shown(name)})" if isinstance(name, str) else ""
    fields.note(f"It was made from another picture{told}, which does not travel with the graph: choose that one.")
    if path.padded is not None:
        margins = {side: graph.value(path.padded, side) or 0 for side in ("left", "top", "right", "bottom")}
        fields.put("start.margins", margins, named="The margins")
    elif path.masking is not None:
        fields.put("mask.blur", 0, named="Mask blur")
        if path.masking.kind == "VAEEncodeForInpaint":
            fields.put("mask.content", "fill", named="Masked content")
        fields.note("It was painted through a mask, which does not travel with the graph: draw it again.")


def _put_second_pass(first: Sampler, second: Sampler, path: LatentsPath, fields: FieldCollector) -> None:
    graph, resizing = first.graph, path.resizing
    told = graph.value(resizing, "upscale_method") if resizing else None
    in_latents = resizing is not None and resizing.kind.startswith("Latent")
    upscaler = _UPSCALERS.get(str(told), HiresUpscaler.LATENT) if in_latents else HiresUpscaler.LANCZOS
    fields.put("hires.upscaler", upscaler.value, named="Hires upscaler")
    if path.by_model:
        fields.note("The second pass enlarges with an upscaling model; Lanczos stands in for it.")
    if resizing is not None:
        fields.put_if("hires.scale", graph.value(resizing, "scale_by"), named="Hires upscale")
        size = graph.value(resizing, "width"), graph.value(resizing, "height")
        fields.put_pair(("hires.width", "hires.height"), None if None in size else size, named="Hires resize")
    fields.put_if("hires.strength", second.strength, named="Hires denoising strength")
    _put_sampling(second, "hires.", fields)
    for side, place in (("positive", "hires.prompt"), ("negative", "hires.negative_prompt")):
        text, _ = text_of(graph, second.link(side, "conditioning"), side)
        if text != text_of(graph, first.link(side, "conditioning"), side)[0]:
            fields.put(place, text, named="The prompt of the second pass")


def _note_unknown(graph: ComfyGraph, fields: FieldCollector) -> None:
    unknown = sorted({node.kind for node in graph.nodes.values()} - _KNOWN)
    if unknown:
        fields.note(f"What these ComfyUI nodes do is not taken over: {listed(unknown)}.")


def _stem(name: str) -> str:
    """The name of a file without its folders and its ending."""
    file = name.replace("\\", "/").rpartition("/")[2]
    stem, dot, _ = file.rpartition(".")
    return stem if dot else file
