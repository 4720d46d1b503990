"""The form of an adapter, out of the tensors that a file has for one layer. Torch."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

from webui.model_manager.lora.forms import (
    Amplified,
    Directed,
    Form,
    LowRank,
    Product,
    Rows,
    Shift,
    hadamard,
    kronecker,
    take_rows,
    whole,
)

Fields = Mapping[str, torch.Tensor]


class DoesNotFit(Exception):
    """Tensors are of other shapes than the layer's; the text says which, as the end of a sentence."""


def make_forms(
    fields: Fields, layer: nn.Module, *, rows: Rows = (), dyn: int | None = None, alpha: float | None = None
) -> list[Form]:
    """What the tensors of one layer of a file do to a layer of the model: its weights' change, and its bias's.

    Args:
        fields: as `keys.split_key` names them.
        layer: linear, convolution or normalisation.
        rows: those of the file's layer that are this layer's outputs.
        dyn: how many ranks of a LoRA are used, the first ones.
        alpha: of the LoRA, where the file itself has none for the layer.

    Raises:
        DoesNotFit: their shapes do not fit the layer, or the form is not known.
    """
    is_norm = "Norm" in type(layer).__name__ and getattr(layer, "weight", None) is not None
    if "unknown" in fields:
        raise DoesNotFit("its form, OFT or GLoRA, is not supported")
    if not (isinstance(layer, nn.Linear | nn.Conv2d) or (is_norm and set(fields) <= {"diff", "bias", "alpha"})):
        raise DoesNotFit(f"a {type(layer).__name__} cannot be changed by {', '.join(sorted(fields))}")
    if isinstance(fields.get("alpha"), torch.Tensor):
        alpha = float(fields["alpha"])
    form = _weight_form(fields, layer, rows=rows, dyn=dyn, alpha=alpha)
    forms: list[Form] = []
    if form is not None:
        forms.append(_directed(form, fields, layer, rows))
    if "bias" in fields:
        bias = take_rows(fields["bias"], rows)
        _expect(bias.numel() == _outputs(layer), f"a bias of {bias.numel():,} is not one of {_outputs(layer):,}")
        forms.append(Shift(bias))
    if not forms:
        raise DoesNotFit(f"there are only {', '.join(sorted(fields))}")
    return forms


def _weight_form(fields: Fields, layer: nn.Module, *, rows: Rows, dyn: int | None, alpha: float | None) -> Form | None:
    if "down" in fields and "up" in fields:
        return _low_rank(fields, layer, rows=rows, dyn=dyn, alpha=alpha)
    for beginning, make in (("hada", hadamard), ("lokr", kronecker)):
        factors = {name.split()[1]: tensor for name, tensor in fields.items() if name.startswith(f"{beginning} ")}
        if factors:
            rank = next((factors[name].shape[0] for name in ("w1_b", "w2_b") if name in factors), None)
            scale = alpha / rank if rank and alpha is not None else 1.0
            return _product(factors, make, layer, scale=scale, rows=rows)
    if "diff" in fields:
        return _product({"diff": fields["diff"]}, whole, layer, scale=1.0, rows=rows)
    if "factor" in fields:
        return _amplified(fields["factor"].float() - 1, layer, on_input=None, rows=rows)
    if "share" in fields and "on_input" in fields:
        return _amplified(fields["share"], layer, on_input=bool(fields["on_input"]), rows=rows)
    return None


def _low_rank(fields: Fields, layer: Any, *, rows: Rows, dyn: int | None, alpha: float | None) -> LowRank:
    down, up, mid = fields["down"], take_rows(fields["up"], rows), fields.get("mid")
    rank = down.shape[0]
    _expect(up.ndim >= 2 and up.shape[1] == rank, f"ranks of {rank:,} and {tuple(up.shape)} do not meet")
    inputs = layer.weight.shape[1] if isinstance(layer, nn.Conv2d) else getattr(layer, "in_features", 0)
    found = down.shape[1] if isinstance(layer, nn.Conv2d) or down.ndim > 2 else down.flatten(1).shape[1]
    _expect(
        (found, up.shape[0]) == (inputs, _outputs(layer)),
        f"it was made for {found:,} inputs and {up.shape[0]:,} outputs, here are {inputs:,} and {_outputs(layer):,}",
    )
    if isinstance(layer, nn.Conv2d):
        down, up = (tensor.reshape(*tensor.shape[:2], *(tensor.shape[2:] or (1, 1))) for tensor in (down, up))
        core = down if mid is None else mid
        _expect(core.shape[2:] == layer.weight.shape[2:], f"its kernel is {tuple(core.shape[2:])}")
    else:
        down, up = down.flatten(1), up.flatten(1)
    scale = 1.0 if alpha is None else alpha / rank
    if dyn is not None and 0 < dyn < rank and mid is None:
        down, up = down[:dyn], up[:, :dyn]
    return LowRank(down, up, scale, mid)


def _product(factors: Fields, make: Any, layer: Any, *, scale: float, rows: Rows) -> Product:
    made = Product(dict(factors), make, scale, rows)
    expected = _shape(layer)
    try:
        with torch.device("meta"):
            hollow = Product({name: tensor.to("meta") for name, tensor in factors.items()}, make, scale, rows)
            shape = hollow._made().shape
    except (RuntimeError, KeyError) as error:
        raise DoesNotFit("its tensors do not fit each other") from error
    _expect(
        shape[:1] == expected[:1] and shape.numel() == expected.numel(),
        f"it was made for weights of {tuple(shape)}, and here are {tuple(expected)}",
    )
    return made


def _amplified(share: torch.Tensor, layer: Any, *, on_input: bool | None, rows: Rows) -> Amplified:
    """IA3; peft does not say which side its factors are on, other than by their shape: (1, in) or (out, 1)."""
    if on_input is None:
        on_input = share.ndim > 1 and share.shape[0] == 1 and share.numel() > 1
    share = share if on_input else take_rows(share.flatten(), rows)
    expected = _shape(layer)[1] if on_input else _outputs(layer)
    _expect(share.numel() == expected, f"it has {share.numel():,} factors for {expected:,} channels")
    return Amplified(share.flatten(), on_input)


def _directed(form: Form, fields: Fields, layer: Any, rows: Rows) -> Form:
    """The form with its learnt lengths, if there are any: of rows (out, 1), or in LyCORIS also of columns (1, in).

    peft's are always those of rows, in whatever shape.
    """
    magnitude = fields.get("magnitude", fields.get("lengths"))
    if magnitude is None:
        return form
    outputs, inputs = _shape(layer)[:2]
    on_input = "lengths" not in fields and magnitude.ndim > 1 and tuple(magnitude.shape[:2]) == (1, inputs)
    if not on_input:
        magnitude = take_rows(magnitude.flatten(), rows)
    expected = inputs if on_input else outputs
    _expect(magnitude.numel() == expected, f"it has {magnitude.numel():,} lengths for {expected:,} channels")
    weight = layer.weight.detach()
    if weight.is_meta:  # it will be measured where the weights are
        return Directed(form, magnitude, on_input)
    weight = weight.dequantize() if weight.dtype not in _PLAIN else weight
    return Directed(form, magnitude, on_input).measured(weight.reshape(_shape(layer)))


_PLAIN = (torch.float32, torch.float16, torch.bfloat16, torch.float64)


def _shape(layer: Any) -> torch.Size:
    if isinstance(layer, nn.Linear):
        return torch.Size((layer.out_features, layer.in_features))
    return layer.weight.shape


def _outputs(layer: Any) -> int:
    return _shape(layer)[0]


def _expect(holds: bool, otherwise: str) -> None:
    if not holds:
        raise DoesNotFit(otherwise)
