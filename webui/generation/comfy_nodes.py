"""A ComfyUI prompt graph as data: nodes, links and values, whatever somebody may have written into it.

The graph is the JSON object that ComfyUI saves as `prompt` in its pictures: a node's id to its class and inputs, where
an input is a value or a link `[id, output]`. Every walk here visits a node once at most, so cycles end.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

MAX_NODES = 5_000
_VALUE_INPUTS = ("value", "text", "string", "string_a", "int", "float", "number", "seed", "noise_seed", "prompt")
"""What nodes that only give a value call it: primitives, text boxes, seeds."""


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A node: its id, its class and its inputs by name."""

    id: str
    kind: str
    inputs: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Link:
    """Where an input comes from: a node, and which of its outputs."""

    node: Node
    output: int


class ComfyGraph:
    """The nodes of a graph that are well formed; the others are not there.

    Args:
        values: the JSON object. More than `MAX_NODES` nodes are not read.
    """

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.nodes: dict[str, Node] = {}
        for id_, node in list(values.items())[:MAX_NODES]:
            if isinstance(node, dict) and isinstance(node.get("class_type"), str):
                inputs = node.get("inputs")
                self.nodes[id_] = Node(id_, node["class_type"], inputs if isinstance(inputs, dict) else {})

    def link(self, node: Node, *names: str) -> Link | None:
        """Where the first of these inputs that is a link comes from."""
        return next((link for name in names if (link := self._linked(node.inputs.get(name))) is not None), None)

    def links(self, node: Node) -> list[Link]:
        """Where all inputs come from."""
        return [link for value in node.inputs.values() if (link := self._linked(value)) is not None]

    def value(self, node: Node, name: str) -> Any:
        """An input's value, through reroutes and nodes that give a value; None when there is none."""
        value = node.inputs.get(name)
        seen: set[str] = set()
        while (link := self._linked(value)) is not None:
            if link.node.id in seen:
                return None
            seen.add(link.node.id)
            value = self._given(link.node, name)
        return value if isinstance(value, str | int | float) else None

    def chain(self, node: Node, *names: str) -> Iterator[Node]:
        """The nodes along a line of inputs of these names: the first that is a link is followed, else a sole link."""
        link = self.link(node, *names)
        seen: set[str] = set()
        while link is not None and link.node.id not in seen:
            seen.add(link.node.id)
            yield link.node
            found = self.links(link.node)
            link = self.link(link.node, *names) or (found[0] if len(found) == 1 else None)

    def before(self, start: Node) -> Iterator[Node]:
        """Every node that this one depends on, the nearest first, itself before all."""
        waiting, seen = deque([start]), {start.id}
        while waiting:
            node = waiting.popleft()
            yield node
            for link in self.links(node):
                if link.node.id not in seen:
                    seen.add(link.node.id)
                    waiting.append(link.node)

    def ends(self) -> list[Node]:
        """The nodes that nothing depends on."""
        used = {link.node.id for node in self.nodes.values() for link in self.links(node)}
        return [node for node in self.nodes.values() if node.id not in used]

    def _linked(self, value: Any) -> Link | None:
        if not (isinstance(value, list) and len(value) == 2 and isinstance(value[0], str | int)):
            return None
        node = self.nodes.get(str(value[0])[:100]) if not isinstance(value[0], bool) else None
        return Link(node, value[1] if isinstance(value[1], int) else 0) if node is not None else None

    def _given(self, node: Node, wanted: str) -> Any:
        """What a node gives as its value: an input of the wanted name or a usual one, else its only link."""
        for name in (wanted, *_VALUE_INPUTS):
            if name in node.inputs:
                return node.inputs[name]
        links = [value for value in node.inputs.values() if self._linked(value) is not None]
        return links[0] if len(links) == 1 else None
