"""Conversion to and from PyTorch: ``torch.nn.LSTM``, ``RNN`` and ``GRU``, stacked or not, in one direction or both.

A module of several layers has one cell, one size and one dropout rate for all of them. ``batch_first`` sets the order
of the axes of sequences and does not affect the weights.
"""

import os
from types import ModuleType

from lstm_helpers.arrays import Array, Params
from lstm_helpers.frameworks import layouts
from lstm_helpers.frameworks.layouts import NAMES, kind_named, kind_of, pack, unpack
from lstm_helpers.frameworks.levels import Converted, Level, Levels, joined, levels_of
from lstm_helpers.frameworks.presence import Foreign, need
from lstm_helpers.layers.base import Layer


def to_torch(layer: Layer, params: Params, *, batch_first: bool = False) -> Foreign:
    """Make a PyTorch module that computes the same function as a layer.

    Parameters
    ----------
    layer : Recurrent, Bidirectional or Stacked
        All its layers have one cell and one size; between them are Dropouts of one rate, or none.
    params : tree
        Its weights, float32 or float64.
    batch_first : bool
        Whether the module takes (B, T, D) in place of (T, B, D). Its states are (layers, B, H) in any case.

    Returns
    -------
    torch.nn.LSTM, torch.nn.RNN or torch.nn.GRU
        Ready to train, on the CPU. PyTorch's random state does not change.

    Raises
    ------
    ImportError
        If PyTorch is not installed.
    ValueError
        If PyTorch's module cannot represent the layer.
    """
    torch = need("torch")
    stack = levels_of(layer, params)
    first = stack.levels[0]
    D, H = first.sizes
    dtype = first.directions[0].W_x.dtype
    rate = _rate(stack)
    _check_alike(stack)
    arrays = {
        _named(name, k, reverse): array
        for k, level in enumerate(stack.levels)
        for reverse, weights in enumerate(level.directions)
        for name, array in pack("torch", level.cell, weights).items()
    }
    with torch.random.fork_rng(devices=[]):
        module = getattr(torch.nn, kind_of(first.cell).classes["torch"])(
            D,
            H,
            len(stack.levels),
            batch_first=batch_first,
            dropout=rate,
            bidirectional=len(first.directions) == 2,
            dtype=getattr(torch, dtype.name),
        )
    with torch.no_grad():
        for name, array in arrays.items():
            module.get_parameter(name).copy_(torch.from_numpy(array))
    return module


def from_torch(module: Foreign) -> Converted:
    """Read a PyTorch module as a layer and its weights.

    Parameters
    ----------
    module : torch.nn.LSTM, torch.nn.RNN or torch.nn.GRU
        On any device; it is not changed, and shares no memory with the result.

    Returns
    -------
    Converted
        ``layer, params``: a Recurrent or Bidirectional, or a Stacked of several with the module's dropout between them.

    Raises
    ------
    ImportError
        If PyTorch is not installed.
    ValueError
        If it is no such module, or has an option that no layer here has: ``proj_size``, ``bias=False``, ReLU.
    """
    torch = need("torch")
    kind = kind_named("torch", getattr(module, "mode", "").removesuffix("_TANH"))
    if not isinstance(module, torch.nn.RNNBase) or kind is None:
        raise ValueError(f"module is {_said(torch, module)}; expected {_expected()}{_hint(torch, module)}")
    if getattr(module, "proj_size", 0):
        raise ValueError(f"module has proj_size={module.proj_size}: an LSTM whose h is projected is not supported")
    if not module.bias:
        raise ValueError("module has bias=False, which is not supported: use bias=True with biases of 0")
    levels = [
        Level(
            kind.cell,
            tuple(_read(module, kind.cell, k, reverse) for reverse in range(1 + module.bidirectional)),
            dropout=float(module.dropout) if k else 0.0,
        )
        for k in range(module.num_layers)
    ]
    return joined(Levels(tuple(levels)))


def _read(module: Foreign, cell: ModuleType, k: int, reverse: int) -> Params:
    arrays: dict[str, Array] = {}
    for name in NAMES["torch"]:
        tensor = module.get_parameter(_named(name, k, reverse)).detach().cpu()
        if str(tensor.dtype) not in ("torch.float32", "torch.float64"):
            raise ValueError(f"module.{name} has dtype {tensor.dtype}; expected float32 or float64: try module.float()")
        arrays[name] = tensor.numpy()
    return unpack("torch", cell, arrays)


def _named(name: str, k: int, reverse: int) -> str:
    return name.replace("_l0", f"_l{k}") + ("_reverse" if reverse else "")


def _rate(stack: Levels) -> float:
    """Give the dropout rate that all levels share."""
    rates = {level.dropout for level in stack.levels[1:]}
    if stack.dropout or stack.levels[0].dropout:
        raise ValueError(
            "layer has a Dropout below its first or above its last Recurrent; PyTorch's module drops between its "
            "layers only: put torch.nn.Dropout beside it, and convert the rest"
        )
    if len(rates) > 1:
        found = ", ".join(map(str, sorted(rates)))
        raise ValueError(f"layer drops {found} between its layers; PyTorch's module has one rate for all of them")
    return rates.pop() if rates else 0.0


def _check_alike(stack: Levels) -> None:
    for level in stack.levels:
        if level.recurrent_dropout:
            raise ValueError(
                f"layer has recurrent_dropout={level.recurrent_dropout}, which PyTorch's modules do not have; "
                "without it the outputs at inference are the same"
            )
        kinds = {(one.cell, one.sizes[1], len(one.directions)) for one in (level, stack.levels[0])}
        if len(kinds) > 1:
            raise ValueError("layer has cells of several kinds or sizes; PyTorch's module has one for all its layers")


def _said(torch: Foreign, module: Foreign) -> str:
    if isinstance(module, torch.nn.Module):
        relu = ", nonlinearity='relu'" if getattr(module, "mode", "") == "RNN_RELU" else ""
        return f"torch.nn.{type(module).__name__}{relu}"
    name = type(module).__name__
    return f"{'an' if name[0] in 'AEIOU' else 'a'} {name}"


def _hint(torch: Foreign, module: Foreign) -> str:
    if isinstance(module, str | os.PathLike):
        return ": load the file with PyTorch first"
    if isinstance(module, dict):
        return ": a state_dict does not name its module; make the module and call its load_state_dict first"
    if isinstance(module, torch.nn.Module):
        inside = [name for name, one in module.named_modules() if name and isinstance(one, torch.nn.RNNBase)]
        if inside:
            return f": pass the part module.{inside[0]}"
    return ""


def _expected() -> str:
    return " or ".join(f"torch.nn.{kind.classes['torch']}" for kind in layouts.KINDS) + ", with tanh"
