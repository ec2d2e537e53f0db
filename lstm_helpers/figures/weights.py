"""An LSTM's weights as four blocks in one array, and how other libraries store the same blocks."""

import numpy as np
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.patches import Rectangle

from lstm_helpers.arrays import Array, check_shape
from lstm_helpers.cells import lstm
from lstm_helpers.figures.style import (
    COLOURS,
    INK,
    NAMES,
    PAPER,
    SIGNED_MAP,
    Look,
    nice_limit,
    number,
    own_axes,
    panels,
    width_of,
)
from lstm_helpers.frameworks import pack
from lstm_helpers.frameworks.layouts import kind_of

_GAP = 0.09  # between the three arrays, as a fraction of the whole height


def draw_weight_blocks(params: lstm.Params, ax: Axes | None = None) -> Axes:
    """Draw W_x, W_h and b of an LSTM as colours, with the blocks i f g o framed and the shapes written beside.

    Parameters
    ----------
    params : lstm.Params
        W_x (D, 4H), W_h (H, 4H) and b (4H,). Rows are equally tall within an array; an array with one row gets a
        minimum height.
    ax : matplotlib Axes or None
        Where to draw; its frame and limits are set. None makes a figure.

    Raises
    ------
    ValueError
        If the shapes are not those of an LSTM.
    """
    check_shape("params.W_h", params.W_h, H=None, HBlocks=None)
    hidden = params.W_h.shape[0]
    wide = len(lstm.BLOCKS) * hidden
    check_shape("params.W_h", params.W_h, "four blocks side by side", H=hidden, HBlocks=wide)
    check_shape("params.W_x", params.W_x, "four blocks side by side", D=None, HBlocks=wide)
    check_shape("params.b", params.b, HBlocks=wide)
    ax = own_axes(9.0, 4.4) if ax is None else ax
    ax.set(xlim=(0, 4), ylim=(1.0 + 2 * _GAP, 0))
    ax.set_axis_off()
    limit = nice_limit(np.concatenate([params.W_x.ravel(), params.W_h.ravel(), params.b]))
    rows = {"W_x": params.W_x, "W_h": params.W_h, "b": params.b[None, :]}
    heights = np.maximum(np.array([len(values) for values in rows.values()]) / sum(map(len, rows.values())), 0.12)
    top = 0.0
    for (name, values), height in zip(rows.items(), heights / heights.sum(), strict=True):
        _array(ax, name, getattr(params, name).shape, values, top, float(height), Normalize(-limit, limit))
        top += float(height) + _GAP
    narrow = width_of(ax) < 420
    for k, symbol in enumerate(lstm.BLOCKS):
        ax.text(
            k + 0.5,
            -0.035,
            symbol if narrow else NAMES[symbol],
            color=COLOURS[symbol],
            weight="bold",
            size=12.5,
            ha="center",
            va="bottom",
            gid=f"block:{symbol}",
        )
    total = sum(leaf.size for leaf in params)
    said = rf"$4\,(D\,H + H\,H + H) = {total}$ numbers, with $D = {len(params.W_x)}$ and $H = {hidden}$"
    ax.text(0, 1.0 + 2 * _GAP + 0.05, said, va="top", size=12.5, color=INK, gid="count")
    _scale(ax, limit)
    return ax


def _scale(ax: Axes, limit: float) -> None:
    """Draw the colour scale, below on the right."""
    bar = ax.inset_axes((0.75, -0.16, 0.245, 0.035), label="colours")
    bar.imshow(np.linspace(-1, 1, 101)[None, :], cmap=SIGNED_MAP, aspect="auto", extent=(-limit, limit, 0, 1))
    bar.set(yticks=[], xticks=[-limit, 0, limit])
    bar.set_xticklabels([number(v, 0) for v in (-limit, 0, limit)])
    bar.tick_params(length=0, labelsize=9.5, pad=2)
    bar.spines[:].set_visible(False)


def _array(
    ax: Axes, name: str, shape: tuple[int, ...], values: Array, top: float, height: float, norm: Normalize
) -> None:
    ax.pcolormesh(
        np.linspace(0, 4, values.shape[1] + 1),
        np.linspace(top, top + height, len(values) + 1),
        values,
        cmap=SIGNED_MAP,
        norm=norm,
        gid=name,
    )
    for k, symbol in enumerate(lstm.BLOCKS):
        ax.add_patch(
            Rectangle(
                (k + 0.012, top),
                0.976,
                height,
                facecolor="none",
                edgecolor=COLOURS[symbol],
                linewidth=3,
                clip_on=False,
                gid=f"{name}:{symbol}",
            )
        )
    said = name if "_" not in name else f"{name[0]}_{name[-1]}"
    ax.text(-0.06, top + height / 2, f"${said}$", ha="right", va="center", size=15, color=INK)
    ax.text(
        4.06,
        top + height / 2,
        f"({', '.join(map(str, shape))}{',' * (len(shape) == 1)})",
        ha="left",
        va="center",
        size=11.5,
        color=INK,
        gid=f"shape:{name}",
    )


_TITLES = {"here": "this book", "keras": "Keras (writes c for g)", "torch": "PyTorch", "onnx": "ONNX (writes c for g)"}
_LYING = ("here", "keras")  # blocks side by side; in the others one below the other


def draw_framework_weights(params: lstm.Params, ax: Axes | None = None) -> Axes:
    """Draw an LSTM's weights as colours, block by block, as this book, Keras, PyTorch and ONNX store them.

    Parameters
    ----------
    params : lstm.Params
        W_x (D, 4H), W_h (H, 4H) and b (4H,), float32 or float64. ONNX arrays are drawn without their direction axis.
    ax : matplotlib Axes or None
        Where to draw, divided into four. None makes a figure.

    Raises
    ------
    ValueError
        If the parameters are not an LSTM's.
    """
    kind = kind_of(lstm)
    packed = {name: pack(name, lstm, params) for name in ("keras", "torch", "onnx")}
    stored: dict[str, dict[str, Array]] = {"here": params._asdict(), **packed}
    orders = {"here": kind.here, **kind.orders}
    limit = nice_limit(np.concatenate([leaf.ravel() for leaf in params]))
    ax = own_axes(9.2, 5.2) if ax is None else ax
    narrow = width_of(ax) < 480
    rows = panels(ax, ["lying", "standing"], ratios=(1.0, 1.45), gap=0.1)
    for row, names in zip(rows.values(), (_LYING, ("torch", "onnx")), strict=True):
        for name, panel in panels(row, names, gap=0.06, across=True).items():
            panel.set(xlim=(0, 1), ylim=(1, 0))
            panel.set_axis_off()
            panel.text(0, 0, _TITLES[name], weight="bold", size=10 if narrow else 12, va="top", color=INK)
            place = _lying if name in _LYING else _standing
            place(panel, name, stored[name], orders[name], Normalize(-limit, limit), narrow)
    return ax


def _lying(ax: Axes, name: str, arrays: dict[str, Array], order: str, norm: Normalize, narrow: bool) -> None:
    """Draw arrays with blocks side by side, one array below the other, names on the right."""
    tall = [max(len(np.atleast_2d(array)), 1) + 0.6 for array in arrays.values()]
    room = 0.84 - 0.05 * (len(tall) - 1)
    top, right = 0.16, 0.55 if narrow else 0.64
    for (key, array), share in zip(arrays.items(), tall, strict=True):
        height = room * share / sum(tall)
        _stored_array(ax, f"{name}:{key}", np.atleast_2d(array), order, (0.0, top, right, height), norm, across=True)
        said = key.replace("recurrent_", "recurrent_\n") + f"  {array.shape}"
        ax.text(right + 0.02, top + height / 2, said, size=7.5 if narrow else 9.5, va="center", color=INK)
        top += height + 0.05


def _standing(ax: Axes, name: str, arrays: dict[str, Array], order: str, norm: Normalize, narrow: bool) -> None:
    """Draw arrays with blocks one below the other, the arrays side by side, names above."""
    slot = 1.0 / len(arrays)
    for k, (key, array) in enumerate(arrays.items()):
        flat = array[0] if name == "onnx" else array
        columns = flat if flat.ndim == 2 else flat[:, None]
        width = slot * (0.32 + 0.16 * min(columns.shape[1] - 1, 3))
        place = (k * slot, 0.31, width, 0.69)
        blocks = order * (2 if key == "B" else 1)
        _stored_array(ax, f"{name}:{key}", columns, blocks, place, norm, across=False)
        said = key.replace("_", "_\n", 1) + f"\n{array.shape}"
        ax.text(k * slot, 0.295, said, size=6.8 if narrow else 9.5, va="bottom", color=INK, linespacing=1.05)


def _stored_array(
    ax: Axes,
    gid: str,
    values: Array,
    blocks: str,
    place: tuple[float, float, float, float],
    norm: Normalize,
    across: bool,
) -> None:
    """Draw one array as colours, each block framed in the colour of its symbol and labelled with it."""
    left, top, width, height = place
    rows, columns = values.shape
    x, y = np.linspace(left, left + width, columns + 1), np.linspace(top, top + height, rows + 1)
    ax.pcolormesh(x, y, values, cmap=SIGNED_MAP, norm=norm, gid=gid)
    part = (width / len(blocks), height) if across else (width, height / len(blocks))
    for k, symbol in enumerate(blocks):
        corner = (left + k * part[0], top) if across else (left, top + k * part[1])
        inner = (corner[0] + 0.004, corner[1] + 0.006)
        size = (part[0] - 0.008, part[1] - 0.012)
        frame: Look = {"facecolor": "none", "edgecolor": COLOURS[symbol], "linewidth": 2.2, "clip_on": False}
        ax.add_patch(Rectangle(inner, *size, gid=f"{gid}:{symbol}{k // 4}", **frame))
        ax.text(
            corner[0] + part[0] / 2,
            corner[1] + part[1] / 2,
            symbol,
            color=COLOURS[symbol],
            weight="bold",
            size=11,
            ha="center",
            va="center",
            path_effects=[patheffects.withStroke(linewidth=3, foreground=PAPER)],
        )
