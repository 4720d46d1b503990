"""What lies along the lines of a ComfyUI graph: a sampler's settings, its text, its latents, its model."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from webui.generation.comfy_nodes import ComfyGraph, Link, Node

_TEXTS = ("text", "text_g", "t5xxl", "clip_l", "text_l", "prompt")
_JOINS = {"ConditioningCombine": "AND", "ConditioningConcat": "BREAK"}
"""Nodes that join two conditionings, and what does the same within a prompt."""
_ASPECTS = ("noise", "guider", "sampler", "sigmas")
"""Inputs of the samplers that are put together from parts."""
_LATENTS = ("samples", "latent_image", "latent", "pixels", "image")


class Sampler:
    """One walk: a sampler node with the parts that its settings may be spread over."""

    def __init__(self, graph: ComfyGraph, node: Node) -> None:
        self.graph = graph
        self.node = node
        self._parts = [node]
        for name in _ASPECTS:
            link = graph.link(node, name)
            if link is not None:
                self._parts.append(link.node)

    def setting(self, *names: str) -> Any:
        """The first of these inputs that has a value; None when none has."""
        values = (self.graph.value(part, name) for part in self._parts for name in names)
        return next((value for value in values if value is not None), None)

    def link(self, *names: str) -> Link | None:
        """Where the first of these inputs comes from."""
        return next((link for part in self._parts if (link := self.graph.link(part, *names)) is not None), None)

    @property
    def strength(self) -> Any:
        """The share of the schedule that is walked."""
        steps, start = self.setting("steps"), self.setting("start_at_step")
        if isinstance(start, int) and isinstance(steps, int) and steps > 0:
            return max(0.0, 1.0 - start / steps)
        return self.setting("denoise")

    def models(self) -> Iterator[Node]:
        """The nodes from the sampler to the loader of its model."""
        link = self.link("model")
        if link is not None:
            yield link.node
            yield from self.graph.chain(link.node, "model")


def text_of(graph: ComfyGraph, link: Link | None, side: str) -> tuple[str, Node | None]:
    """The prompt of a conditioning and one of the nodes that encode it; `side` is `positive` or `negative`."""
    waiting = [(link, "")] if link is not None else []
    seen: set[str] = set()
    texts: list[tuple[str, str]] = []
    encoder = None
    while waiting:
        (current, join) = waiting.pop()
        node = current.node
        if node.id in seen or node.kind == "ConditioningZeroOut":
            continue
        seen.add(node.id)
        text = next((value for name in _TEXTS if isinstance(value := graph.value(node, name), str)), None)
        if text is not None:
            texts.append((join if texts else "", text))
            encoder = encoder or node
            continue
        for index, link_in in enumerate(_conditionings(graph, current, side)):
            waiting.append((link_in, _JOINS.get(node.kind, "AND") if index == 0 else join))
    return "".join(f"\n{join}\n{text}" if join else text for join, text in texts), encoder


def _conditionings(graph: ComfyGraph, link: Link, side: str) -> list[Link]:
    """Where a conditioning node takes its own from, the last one first."""
    node = link.node
    if node.kind in _JOINS:
        pairs = (("conditioning_2", "conditioning_1"), ("conditioning_from", "conditioning_to"))
        return [found for pair in pairs for name in pair if (found := graph.link(node, name)) is not None]
    if graph.link(node, "positive") is not None:  # such as ControlNet's, with an output for each side
        found = graph.link(node, ("positive", "negative")[link.output] if link.output in (0, 1) else side)
        return [found] if found else []
    found = graph.link(node, "conditioning", "conditioning_to", "")
    links = graph.links(node)
    return [found] if found else links if len(links) == 1 else []


@dataclass(slots=True)
class LatentsPath:
    """What a sampler's latents went through, the nearest first."""

    empty: Node | None = None
    loaded: Node | None = None
    padded: Node | None = None
    masking: Node | None = None
    resizing: Node | None = None
    by_model: bool = False
    before: Node | None = None
    seen: list[Node] = field(default_factory=list)


def latents_of(graph: ComfyGraph, sampler: Node) -> LatentsPath:
    """The line from a sampler's latents back to an empty one, a loaded picture or another sampler."""
    path = LatentsPath()
    for node in graph.chain(sampler, *_LATENTS):
        path.seen.append(node)
        if is_sampler(node):
            path.before = node
            break
        if graph.link(node, "mask") is not None or node.kind == "SetLatentNoiseMask":
            path.masking = path.masking or node
        if node.kind == "ImagePadForOutpaint":
            path.padded = node
        elif node.kind == "LoadImage":
            path.loaded = node
            break
        elif "upscale_method" in node.inputs:
            path.resizing = path.resizing or node
        elif "upscale_model" in node.inputs:
            path.by_model = True
        elif graph.link(node, *_LATENTS) is None and {"width", "height"} <= set(node.inputs):
            path.empty = node
            break
    return path


def is_sampler(node: Node) -> bool:
    """Whether a node walks: it takes latents, and a seed or noise."""
    return "latent_image" in node.inputs and bool({"seed", "noise_seed", "noise"} & set(node.inputs))


def last_sampler(graph: ComfyGraph, saving: tuple[str, ...]) -> Node | None:
    """The sampler nearest to a node that saves, else to any end, else any at all."""
    ends = sorted(graph.ends(), key=lambda node: node.kind not in saving)
    for end in ends[:50]:
        found = next((node for node in graph.before(end) if is_sampler(node)), None)
        if found is not None:
            return found
    return next((node for node in graph.nodes.values() if is_sampler(node)), None)
