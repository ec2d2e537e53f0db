"""The fused weights as what they are: four blocks side by side, read by one matrix product."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.patches import Rectangle

from lstm_helpers.arrays import check_shape
from lstm_helpers.cells import lstm
from lstm_helpers.figures.style import COLOURS, INK, NAMES, SIGNED_MAP, nice_limit, number, own_axes, width_of

_GAP = 0.09  # between the three arrays, as a part of the whole height


def draw_weight_blocks(params: Any, ax: Axes | None = None) -> Axes:
    """Draw W_x, W_h and b of an LSTM with their own numbers, framed as the blocks i f g o, shapes written.

    Parameters
    ----------
    params : lstm.Params
        W_x (D, 4H), W_h (H, 4H) and b (4H,). Rows are drawn equally tall within an array; an array of one row is
        given enough height to be seen.
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
    shares = np.maximum(np.array([len(values) for values in rows.values()]) / sum(map(len, rows.values())), 0.12)
    top = 0.0
    for (name, values), height in zip(rows.items(), shares / shares.sum(), strict=True):
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
    """Say what the colours stand for, below on the right."""
    bar = ax.inset_axes((0.75, -0.16, 0.245, 0.035), label="colours")
    bar.imshow(np.linspace(-1, 1, 101)[None, :], cmap=SIGNED_MAP, aspect="auto", extent=(-limit, limit, 0, 1))
    bar.set(yticks=[], xticks=[-limit, 0, limit])
    bar.set_xticklabels([number(v, 0) for v in (-limit, 0, limit)])
    bar.tick_params(length=0, labelsize=9.5, pad=2)
    bar.spines[:].set_visible(False)


def _array(
    ax: Axes, name: str, shape: tuple[int, ...], values: Any, top: float, height: float, norm: Normalize
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
