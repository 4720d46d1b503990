"""The LoRAs of a loaded model: put on its layers, changed between calls, taken off without a trace. Torch."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import nn

from webui.generation.networks import Network
from webui.generation.step_weights import StepWeights, weight_at
from webui.model_manager.lora.blocks import BlockWeights
from webui.model_manager.lora.file import LoraFiles, file_state
from webui.model_manager.lora.fitting import Adapter, FittedLora, fit
from webui.model_manager.lora.forms import Form
from webui.model_manager.lora.layer_names import DENOISERS, LayerNames

_MOST_FITTED = 16
Find = Callable[[str], Path | None]
"""The file of the LoRA of that name, or None."""
_Found = tuple[Network, Path, tuple[int, int]]
"""What is wanted, its file, and the file's state."""


@dataclass(slots=True)
class _Change:
    """A form on a layer, and how much of it: `weight`, or at each step what `over_steps` says times `share`."""

    form: Form
    weight: float
    share: float = 1.0
    over_steps: StepWeights = ()
    moved: dict[tuple[torch.device, torch.dtype], Form] = field(default_factory=dict)

    def there(self, tensor: torch.Tensor) -> Form:
        """The form where a tensor is, in its dtype; moved once."""
        place = tensor.device, tensor.dtype
        if place not in self.moved:
            self.moved[place] = self.form.moved(*place)
        return self.moved[place]


class _LayerHook:
    """Adds its changes to what a layer makes."""

    def __init__(self, changes: Sequence[_Change]) -> None:
        self._changes = changes

    def __call__(self, layer: nn.Module, arguments: tuple[Any, ...], outputs: torch.Tensor) -> torch.Tensor:
        """The layer's outputs as if its weights were changed."""
        changed = outputs
        for change in self._changes:
            if change.weight:
                made = change.there(arguments[0]).change(layer, arguments[0], outputs)
                changed = changed + made.to(outputs.dtype) * change.weight
        return changed


class ModelNetworks:
    """The LoRAs on one model. Weights and modules are never changed: what is applied is hooks on layers.

    Args:
        parts: the model's networks, by diffusers' names.
        model: what the model is, as it ends a sentence ("the model 'a' (SDXL)").
        files: reads LoRA files, and keeps some.
        find: finds them.
        made_for: what is known of what a LoRA's file was made for, a sentence, or nothing.
    """

    def __init__(
        self,
        parts: Mapping[str, nn.Module],
        *,
        model: str,
        files: LoraFiles,
        find: Find,
        made_for: Callable[[Path], str] = lambda path: "",
    ) -> None:
        self._parts = parts
        self._model = model
        self._files = files
        self._find = find
        self._made_for = made_for
        self._names: LayerNames | None = None
        self._fitted: OrderedDict[Hashable, FittedLora] = OrderedDict()
        self._handles: list[Any] = []
        self._changes: list[_Change] = []
        self._applied: tuple[Network, ...] = ()
        self._found: tuple[_Found, ...] = ()
        self._notes: list[str] = []

    @property
    def key(self) -> Hashable:
        """What is in the text encoders, for memories of what they said: equal keys, equal encodings."""
        return tuple(
            (path, state, network.text_encoder, network.dyn, network.blocks)
            for network, path, state in self._found
            if network.text_encoder
        )

    def hold(self, networks: Sequence[Network]) -> list[str]:
        """As `apply`, but does not look at files that are applied already: costs nothing where all of them are."""
        return self._notes if _last_of_each(networks) == self._applied else self.apply(networks)

    def apply(self, networks: Sequence[Network]) -> list[str]:
        """Puts these LoRAs on the model and takes all others off; what there is to say of them, in sentences.

        Files are looked at as they are now. Those that are not here and those of other kinds are left out. Of one that
        is named twice the last counts.

        Raises:
            ModelUnusable: a file is damaged or does not fit the model; then nothing is applied.
            InvalidRequest: block weights do not fit the model.
        """
        wanted = _last_of_each(networks)
        found = self._look(wanted)
        if (wanted, found) == (self._applied, self._found):
            return self._notes
        self.clear()
        changes: dict[nn.Module, list[_Change]] = {}
        notes: list[str] = []
        for network, path, _ in found:
            fitted = self._fit(network, path)
            notes.append(f"LoRA '{network.name}': {fitted.matched:,} of {fitted.keys:,} keys matched.")
            for adapter in fitted.adapters:
                made = self._changes_of(adapter, network)
                if made:
                    changes.setdefault(adapter.target.layer, []).extend(made)
        self._changes = [change for each in changes.values() for change in each]
        self._handles = [layer.register_forward_hook(_LayerHook(each)) for layer, each in changes.items()]
        self._applied, self._found, self._notes = wanted, found, notes
        return notes

    def at_step(self, step: int, steps: int) -> None:
        """Sets the weights that change along the walk, for a step (from 0) of so many."""
        for change in self._changes:
            if change.over_steps:
                change.weight = change.share * weight_at(change.over_steps, step, steps)

    def clear(self) -> None:
        """Takes all LoRAs off."""
        for handle in self._handles:
            handle.remove()
        self._handles, self._changes, self._notes = [], [], []
        self._applied, self._found = (), ()

    def _look(self, wanted: Sequence[Network]) -> "tuple[_Found, ...]":
        """The files of those that count for something, as they are now."""
        counting = [each for each in wanted if each.unet or each.text_encoder or each.unet_steps]
        paths = [(network, self._find(network.name)) for network in counting]
        return tuple((network, path, file_state(path)) for network, path in paths if path is not None)

    def _fit(self, network: Network, path: Path) -> FittedLora:
        file = self._files.read(path)
        key = (file.path, file.state, network.dyn)
        fitted = self._fitted.pop(key, None)
        if fitted is None:
            self._names = self._names or LayerNames(self._parts)
            fitted = fit(
                file, self._names, name=network.name, model=self._model, hint=self._made_for(path), dyn=network.dyn
            )
        self._fitted[key] = fitted
        while len(self._fitted) > _MOST_FITTED:
            self._fitted.popitem(last=False)
        return fitted

    def _changes_of(self, adapter: Adapter, network: Network) -> list[_Change]:
        """The forms on a layer with their weights; none where they count for nothing at every step."""
        share = 1.0
        if network.blocks:
            share = BlockWeights(network.blocks).weight(adapter.target.block, self._block_order)
        steps = () if adapter.in_text_encoder else network.unet_steps
        weight = share * (network.text_encoder if adapter.in_text_encoder else network.unet)
        if not share or not (weight or steps):
            return []
        return [_Change(form, weight, share, steps) for form in adapter.forms]

    @property
    def _block_order(self) -> list[str]:
        """The blocks of a transformer in order; none of a UNet, whose blocks have names of their own."""
        denoiser: Any = next((self._parts[name] for name in DENOISERS if name in self._parts), None)
        if denoiser is None or hasattr(denoiser, "up_blocks"):
            return []
        order = ("transformer_blocks", "single_transformer_blocks", "layers")
        return [f"{name}.{i}" for name in order for i in range(len(getattr(denoiser, name, ())))]


def _last_of_each(networks: Sequence[Network]) -> tuple[Network, ...]:
    found: dict[str, Network] = {}
    for network in networks:
        if network.kind in ("lora", "lyco"):
            found.pop(network.name, None)
            found[network.name] = network
    return tuple(found.values())
