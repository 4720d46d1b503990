"""What the forms of LoRA do to a layer, and how large it is as a change of the layer's weights. Torch.

Every form is a change dW of a layer's weights W (and perhaps of its bias). None is ever added to them: a layer's output
is changed as if it were, so that taking a LoRA off leaves nothing behind, weights may be quantised or elsewhere, and
any number of LoRAs of any forms can be on one layer. That is what peft's layers do for LoRA, LoHa and LoKr, too; but
they take a layer's place, cannot be mixed with IA3 on one layer, and have no form for whole changes (`diff`) or those
of normalisations, so one small mechanism does them all here. Tests compare it with peft's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import torch
from torch import nn
from torch.nn import functional

Rows = Sequence[tuple[int, int]]
"""Ranges of a weight's rows (its outputs), in the order in which they are wanted."""


class Form(Protocol):
    """The change that an adapter makes to one layer. Its tensors move with `moved`."""

    def change(self, layer: nn.Module, inputs: torch.Tensor, outputs: torch.Tensor) -> torch.Tensor:
        """What is added to the layer's outputs, of their shape."""
        ...

    def delta(self, weight: torch.Tensor) -> torch.Tensor:
        """The change of the layer's weights, of their shape, float32."""
        ...

    def moved(self, device: torch.device, dtype: torch.dtype) -> "Form":
        """The same elsewhere."""
        ...


@dataclass(frozen=True, slots=True)
class LowRank:
    """LoRA (Hu et al. 2021): dW = scale * up down. Convolutions may have a core `mid` between them (Tucker).

    `down` is (rank, in) or (rank, in, h, w), `up` is (out, rank) or (out, rank, 1, 1), `mid` is (rank, rank, h, w).
    """

    down: torch.Tensor
    up: torch.Tensor
    scale: float
    mid: torch.Tensor | None = None

    def change(self, layer: nn.Module, inputs: torch.Tensor, outputs: torch.Tensor) -> torch.Tensor:
        """The inputs through the narrow place."""
        if isinstance(layer, nn.Conv2d):
            first = (
                functional.conv2d(inputs, self.down) if self.mid is not None else _convolved(layer, inputs, self.down)
            )
            between = first if self.mid is None else _convolved(layer, first, self.mid)
            return functional.conv2d(between, self.up) * self.scale
        return functional.linear(functional.linear(inputs, self.down), self.up) * self.scale

    def delta(self, weight: torch.Tensor) -> torch.Tensor:
        """scale * up down, for each place of a kernel."""
        up, down = self.up.float().flatten(1), self.down.float()
        if self.mid is not None:
            made = torch.einsum("o r, r s h w, s i -> o i h w", up, self.mid.float(), down.flatten(1))
        else:
            made = up @ down.flatten(1)
        return made.reshape(weight.shape) * self.scale

    def moved(self, device: torch.device, dtype: torch.dtype) -> "LowRank":
        """The same elsewhere."""
        mid = None if self.mid is None else self.mid.to(device, dtype)
        return LowRank(self.down.to(device, dtype), self.up.to(device, dtype), self.scale, mid)


@dataclass(frozen=True, slots=True)
class Product:
    """A change that is computed from factors each time: LoHa, LoKr or the whole change.

    Args:
        factors: tensors by their names.
        make: computes dW from them, (out, in) or (out, in, h, w).
        scale: alpha / rank.
        rows: those that the layer has of it, where a file's layer is several of the model's.
    """

    factors: Mapping[str, torch.Tensor]
    make: Any
    scale: float = 1.0
    rows: Rows = ()

    def change(self, layer: nn.Module, inputs: torch.Tensor, outputs: torch.Tensor) -> torch.Tensor:
        """The inputs through dW."""
        made = self._made()
        if isinstance(layer, nn.Conv2d):
            return _convolved(layer, inputs, made.reshape(layer.weight.shape)) * self.scale
        if isinstance(layer, nn.Linear):
            return functional.linear(inputs, made.reshape(made.shape[0], -1)) * self.scale
        return _normalised(layer, inputs) * _along_channels(layer, made, outputs) * self.scale

    def delta(self, weight: torch.Tensor) -> torch.Tensor:
        """scale * dW."""
        return self._made(torch.float32).reshape(weight.shape) * self.scale

    def moved(self, device: torch.device, dtype: torch.dtype) -> "Product":
        """The same elsewhere."""
        factors = {name: tensor.to(device, dtype) for name, tensor in self.factors.items()}
        return Product(factors, self.make, self.scale, self.rows)

    def _made(self, dtype: torch.dtype | None = None) -> torch.Tensor:
        factors = {name: tensor if dtype is None else tensor.to(dtype) for name, tensor in self.factors.items()}
        return take_rows(self.make(factors), self.rows)


def hadamard(factors: Mapping[str, torch.Tensor]) -> torch.Tensor:
    """LoHa (Hyeon-Woo et al. 2022, equation 3): (w1_a w1_b) * (w2_a w2_b), with cores t1 and t2 for convolutions."""
    one, two = (_half(factors, which) for which in "12")
    return one * two


def kronecker(factors: Mapping[str, torch.Tensor]) -> torch.Tensor:
    """LoKr (Yeh et al. 2024, section 3): the Kronecker product of w1 and w2, each whole or as a product of two."""
    one = factors["w1"] if "w1" in factors else factors["w1_a"] @ factors["w1_b"]
    if "w2" in factors:
        two = factors["w2"]
    elif "t2" in factors:
        two = torch.einsum("i j h w, i p, j r -> p r h w", factors["t2"], factors["w2_a"], factors["w2_b"])
    else:
        two = factors["w2_a"] @ factors["w2_b"].flatten(1)
        two = two.reshape(*two.shape[:1], *factors["w2_b"].shape[1:])
    return torch.kron(one.reshape(*one.shape[:2], *[1] * (two.ndim - 2)).contiguous(), two.contiguous())


def whole(factors: Mapping[str, torch.Tensor]) -> torch.Tensor:
    """The change itself."""
    return factors["diff"]


@dataclass(frozen=True, slots=True)
class Shift:
    """A change of a layer's bias (out)."""

    by: torch.Tensor

    def change(self, layer: nn.Module, inputs: torch.Tensor, outputs: torch.Tensor) -> torch.Tensor:
        """The same at every place."""
        return _along_channels(layer, self.by, outputs).expand_as(outputs)

    def delta(self, weight: torch.Tensor) -> torch.Tensor:
        """None to the weights."""
        return torch.zeros_like(weight, dtype=torch.float32)

    def moved(self, device: torch.device, dtype: torch.dtype) -> "Shift":
        """The same elsewhere."""
        return Shift(self.by.to(device, dtype))


@dataclass(frozen=True, slots=True)
class Amplified:
    """IA3 (Liu et al. 2022): dW is W with its rows, or on the input its columns, times `share`."""

    share: torch.Tensor
    on_input: bool

    def change(self, layer: nn.Module, inputs: torch.Tensor, outputs: torch.Tensor) -> torch.Tensor:
        """So much more of what the layer makes without its bias."""
        if self.on_input:
            return _without_bias(layer, layer.forward(inputs * _on_input(layer, self.share)))
        return _without_bias(layer, outputs) * _along_channels(layer, self.share, outputs)

    def delta(self, weight: torch.Tensor) -> torch.Tensor:
        """W * share."""
        shape = (1, -1) if self.on_input else (-1, 1)
        return weight.float() * self.share.float().reshape(*shape, *[1] * (weight.ndim - 2))

    def moved(self, device: torch.device, dtype: torch.dtype) -> "Amplified":
        """The same elsewhere."""
        return Amplified(self.share.to(device, dtype), self.on_input)


@dataclass(frozen=True, slots=True)
class Directed:
    """DoRA (Liu et al. 2024, equation 5): W + dW is scaled so that its columns, or rows, have learnt lengths.

    The whole change is g * (W + dW) - W, where g = magnitude / |W + dW|; `inner` is dW. A weight other than 1 takes so
    much of the whole change, as in A1111 and ComfyUI; in diffusers it takes so much of dW instead.
    """

    inner: Form
    magnitude: torch.Tensor
    on_input: bool
    scales: torch.Tensor = field(default_factory=lambda: torch.empty(0))

    def measured(self, weight: torch.Tensor) -> "Directed":
        """The same for a layer of these weights: g is known from here on."""
        together = weight.float().cpu() + self.inner.delta(weight.float().cpu())
        axes = [axis for axis in range(together.ndim) if axis != int(self.on_input)]
        lengths = together.square().sum(axes).sqrt().clamp_min(1e-12)
        return Directed(self.inner, self.magnitude, self.on_input, self.magnitude.float().cpu().flatten() / lengths)

    def change(self, layer: nn.Module, inputs: torch.Tensor, outputs: torch.Tensor) -> torch.Tensor:
        """g (W + dW) x - W x."""
        plain = _without_bias(layer, outputs)
        if self.on_input:
            scaled = inputs * _on_input(layer, self.scales)
            made = layer.forward(scaled)
            return _without_bias(layer, made) + self.inner.change(layer, scaled, made) - plain
        scales = _along_channels(layer, self.scales, outputs)
        return scales * (plain + self.inner.change(layer, inputs, outputs)) - plain

    def delta(self, weight: torch.Tensor) -> torch.Tensor:
        """g (W + dW) - W."""
        known = self.measured(weight).scales
        shape = (1, -1) if self.on_input else (-1, 1)
        together = weight.float() + self.inner.delta(weight)
        return together * known.to(weight.device).reshape(*shape, *[1] * (weight.ndim - 2)) - weight.float()

    def moved(self, device: torch.device, dtype: torch.dtype) -> "Directed":
        """The same elsewhere."""
        scales = self.scales.to(device, dtype)
        return Directed(self.inner.moved(device, dtype), self.magnitude, self.on_input, scales)


def take_rows(tensor: torch.Tensor, rows: Rows) -> torch.Tensor:
    """The tensor's rows in these ranges, all of it where there are none."""
    return torch.cat([tensor[start:end] for start, end in rows]) if rows else tensor


def _half(factors: Mapping[str, torch.Tensor], which: str) -> torch.Tensor:
    first, second, core = factors[f"w{which}_a"], factors[f"w{which}_b"], factors.get(f"t{which}")
    if core is None:
        return first @ second.flatten(1)
    return torch.einsum("i j h w, j r, i p -> p r h w", core, second, first)


def _convolved(layer: nn.Conv2d, inputs: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """As the layer convolves, also at the edges."""
    return layer._conv_forward(inputs, weight, None)


def _along_channels(layer: nn.Module, values: torch.Tensor, outputs: torch.Tensor) -> torch.Tensor:
    """Values for each channel, in the shape that multiplies outputs: channels come second in maps, else last."""
    second = isinstance(layer, nn.Conv2d | nn.GroupNorm)
    return values.reshape(1, -1, *[1] * (outputs.ndim - 2)) if second else values.flatten()


def _on_input(layer: nn.Module, values: torch.Tensor) -> torch.Tensor:
    return values.reshape(1, -1, 1, 1) if isinstance(layer, nn.Conv2d) else values.flatten()


def _without_bias(layer: Any, outputs: torch.Tensor) -> torch.Tensor:
    bias = getattr(layer, "bias", None)
    return outputs if bias is None else outputs - _along_channels(layer, bias.to(outputs), outputs)


def _normalised(layer: Any, inputs: torch.Tensor) -> torch.Tensor:
    """What a normalisation makes before its own weights and bias."""
    if isinstance(layer, nn.GroupNorm):
        return functional.group_norm(inputs, layer.num_groups, eps=layer.eps)
    if isinstance(layer, nn.LayerNorm):
        return functional.layer_norm(inputs, layer.normalized_shape, eps=layer.eps)
    eps = getattr(layer, "eps", getattr(layer, "variance_epsilon", 1e-6))
    return functional.rms_norm(inputs, inputs.shape[-1:], eps=eps)
