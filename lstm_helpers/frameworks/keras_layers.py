"""Conversion to and from Keras layers: ``LSTM``, ``SimpleRNN`` and ``GRU``, alone or in a ``Sequential``.

Keras takes sequences batch-first, and multiplies matrices in float32 in most cases, whatever the dtype of the layer.
Its ``recurrent_dropout`` has, as here, one mask for a whole sequence, but in an LSTM one for each gate. Its ``dropout``
differs from ours: it drops the same inputs at every step of a sequence.
"""

import os

from lstm_helpers.arrays import Params, check_size
from lstm_helpers.frameworks import layouts
from lstm_helpers.frameworks.layouts import NAMES, kind_named, kind_of, pack, unpack
from lstm_helpers.frameworks.levels import Converted, Level, Levels, joined, levels_of
from lstm_helpers.frameworks.presence import Foreign, need
from lstm_helpers.layers.base import Layer


def to_keras(layer: Layer, params: Params, *, batch_size: int | None = None, **options: object) -> Foreign:
    """Make Keras layers that compute the same function as a layer.

    Parameters
    ----------
    layer : Recurrent, Bidirectional or Stacked
        The layer to convert.
    params : tree
        Its weights, float32 or float64.
    batch_size : int, optional
        B, if it is fixed; Keras requires it with ``stateful=True``, which keeps a state from one call to the next.
    **options
        Options of Keras's layer, such as ``return_state=True``. All outputs are returned (``return_sequences=True``)
        unless an option says otherwise.

    Returns
    -------
    keras.layers.LSTM, SimpleRNN, GRU or Bidirectional, or a keras.Sequential of several
        They take (B, T, D) and give (B, T, H).

    Raises
    ------
    ImportError
        If Keras, or what it computes with, is not installed.
    ValueError
        If the layer or a cell is one that Keras does not have, or ``stateful=True`` comes without a ``batch_size``.
    """
    keras = need("keras")
    if batch_size is not None:
        check_size("batch_size", batch_size)
    elif options.get("stateful"):
        raise ValueError("batch_size is None; expected a number with stateful=True: a stateful layer stores B states")
    stack = levels_of(layer, params)
    made = []
    for level in stack.levels:
        if level.dropout:
            made.append(keras.layers.Dropout(level.dropout))
        made.append(_layer(keras, level, options))
    if stack.dropout:
        made.append(keras.layers.Dropout(stack.dropout))
    D, dtype = stack.levels[0].sizes[0], stack.levels[0].directions[0].W_x.dtype.name
    whole = made[0] if len(made) == 1 else keras.Sequential([keras.Input((None, D), batch_size, dtype), *made])
    if len(made) == 1:
        whole.build((batch_size, None, D))
    recurrent = [one for one in made if not isinstance(one, keras.layers.Dropout)]
    for one, level in zip(recurrent, stack.levels, strict=True):
        packed = [pack("keras", level.cell, weights) for weights in level.directions]
        one.set_weights([array for arrays in packed for array in arrays.values()])
    return whole


def from_keras(layer: Foreign) -> Converted:
    """Read Keras layers as a layer and its weights.

    Parameters
    ----------
    layer : keras.layers.LSTM, SimpleRNN, GRU or Bidirectional, or a keras.Sequential of them and Dropout
        Built, that is, called once. It is not changed, and shares no memory with the result.

    Returns
    -------
    Converted
        ``layer, params``: a Recurrent or Bidirectional, or a Stacked of several.

    Raises
    ------
    ImportError
        If Keras, or what it computes with, is not installed.
    ValueError
        If it contains another layer, or has an option that no layer here has, such as another activation,
        ``use_bias=False``, ``dropout`` or ``go_backwards``.
    """
    keras = need("keras")
    levels: list[Level] = []
    rate = 0.0
    for one in layer.layers if isinstance(layer, keras.Sequential) else [layer]:
        if isinstance(one, keras.layers.Dropout):
            rate = float(one.rate)
        elif not isinstance(one, keras.layers.InputLayer):
            levels.append(_level(keras, one)._replace(dropout=rate))
            rate = 0.0
    return joined(Levels(tuple(levels), rate))


def _layer(keras: Foreign, level: Level, options: dict[str, object]) -> Foreign:
    given = {
        "return_sequences": True,
        "recurrent_dropout": level.recurrent_dropout,
        "dtype": level.directions[0].W_x.dtype.name,
    }
    one = getattr(keras.layers, kind_of(level.cell).classes["keras"])(level.sizes[1], **{**given, **options})
    return keras.layers.Bidirectional(one, dtype=given["dtype"]) if len(level.directions) == 2 else one


def _level(keras: Foreign, layer: Foreign) -> Level:
    if isinstance(layer, keras.layers.Bidirectional):
        if layer.merge_mode != "concat":
            raise ValueError(f"layer {layer.name!r} has merge_mode={layer.merge_mode!r}; only 'concat' is supported")
        forward = _direction(keras, layer.forward_layer)
        backward = _direction(keras, layer.backward_layer, reverse=True)
        if forward.cell is not backward.cell:
            raise ValueError(f"layer {layer.name!r} has another cell in each direction, which is not supported")
        return forward._replace(directions=forward.directions + backward.directions)
    return _direction(keras, layer)


def _direction(keras: Foreign, layer: Foreign, reverse: bool = False) -> Level:
    name = type(layer).__name__
    kind = kind_named("keras", name)
    if kind is None or not isinstance(layer, getattr(keras.layers, name)):
        expected = ", ".join(f"keras.layers.{one.classes['keras']}" for one in layouts.KINDS)
        hint = ": load the file with Keras first" if isinstance(layer, str | os.PathLike) else ""
        raise ValueError(f"layer is a {name}; expected {expected}, or a keras.Sequential of them and Dropout{hint}")
    if not layer.built:
        raise ValueError(f"layer {layer.name!r} has no weights yet: call it once, or layer.build((None, None, D))")
    _check_options(keras, layer, reverse)
    arrays = dict(zip(NAMES["keras"], layer.get_weights(), strict=True))
    return Level(kind.cell, (unpack("keras", kind.cell, arrays),), float(layer.recurrent_dropout))


def _check_options(keras: Foreign, layer: Foreign, reverse: bool) -> None:
    """Refuse options with which Keras computes something different."""
    wanted = {"activation": "tanh", "recurrent_activation": "sigmoid"}
    for option, expected in wanted.items():
        if hasattr(layer, option) and getattr(layer, option) is not getattr(keras.activations, expected):
            found = getattr(getattr(layer, option), "__name__", getattr(layer, option))
            raise ValueError(f"layer {layer.name!r} has {option}={found!r}; only {expected!r} is supported")
    if not layer.use_bias:
        raise ValueError(f"layer {layer.name!r} has use_bias=False, which is not supported: give it a bias of 0")
    if bool(layer.go_backwards) is not reverse:
        raise ValueError(f"layer {layer.name!r} has go_backwards={layer.go_backwards}, which is not supported here")
    if not getattr(layer, "reset_after", True):
        raise ValueError(f"layer {layer.name!r} has reset_after=False, which is not supported: its product comes later")
    if layer.dropout:
        raise ValueError(
            f"layer {layer.name!r} has dropout={layer.dropout}, one mask of the inputs for a whole sequence, which no "
            "layer here has; at inference it has no effect: set layer.cell.dropout = 0.0 to convert the weights"
        )
