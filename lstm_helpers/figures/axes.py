"""Axes common to several figures: time in steps, words or years, hatching for masked steps, and logarithmic axes.

A logarithmic axis here spans fifty orders of magnitude. It is linear in log10 of the value, because ``label_ends``
measures distances on it; its ticks are labelled with powers of ten. Zeros and infinities leave a gap.
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FixedFormatter, FixedLocator, FuncFormatter, LogLocator, MaxNLocator, NullLocator
from numpy.typing import ArrayLike

from lstm_helpers.arrays import Array
from lstm_helpers.figures.diagram import check_index
from lstm_helpers.figures.style import HATCH, MASKED, width_of
from lstm_helpers.through_time import Trace

Labels = Sequence[str] | Sequence[float] | Array
FIELDS = ("f", "i", "g", "c", "o", "h")  # in the order in which a step uses them
_WORDS = 40  # the number of words that fit side by side


def check_trace(trace: Trace, sequence: int, fields: Sequence[str]) -> None:
    """Refuse anything but a trace with at least one step, and a sequence or a field that the trace does not have."""
    if getattr(getattr(trace, "h", None), "ndim", 0) != 3:
        raise ValueError(f"trace is a {type(trace).__name__}; expected what unroll returns, with h of (T, B, H)")
    if not len(trace.h):
        raise ValueError("trace has no steps (T=0); expected at least one: there is nothing to draw")
    check_index("sequence", sequence, trace.h.shape[1])
    for field in fields:
        if field not in FIELDS or not hasattr(trace, field):
            known = ", ".join(name for name in FIELDS if hasattr(trace, name))
            raise ValueError(f"field is {field!r}; expected one of {known}")


def are_words(labels: Labels | None) -> bool:
    """Tell whether labels are words rather than numbers."""
    return labels is not None and len(labels) > 0 and isinstance(labels[0], str)


def edges_of(length: int, labels: Labels | None) -> Array:
    """Give the T + 1 edges of the steps on the time axis; step t is centred on its label, or on t = 1 … T."""
    if labels is not None and len(labels) != length:
        raise ValueError(f"labels has {len(labels)} entries; expected one for each of the {length} steps")
    if labels is None or are_words(labels):
        return np.arange(length + 1) + 0.5
    times = np.asarray(labels, dtype=float)
    gaps = np.diff(times)
    if not np.all(np.isfinite(times)) or (gaps.size and not (gaps[0] > 0 and np.allclose(gaps, gaps[0]))):
        raise ValueError(
            "labels holds numbers that are not equally spaced and increasing; expected years, say, or words"
        )
    gap = float(gaps[0]) if gaps.size else 1.0
    return np.append(times - gap / 2, times[-1] + gap / 2)


def label_time(ax: Axes, length: int, labels: Labels | None, time_label: str) -> None:
    """Label the time axis of a plot with steps, words or numbers."""
    if labels is None or not are_words(labels):
        ax.set_xlabel("step t" if labels is None else time_label)
        count = 12 if width_of(ax) > 300 else 5
        ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=count, steps=[1, 2, 5, 10]))
        return
    texts = [str(word) for word in labels]
    turned = (sum(map(len, texts)) + 2 * length > 85 or length > 16) and max(map(len, texts)) > 1
    every = -(-length // _WORDS)
    ax.set_xticks(np.arange(1, length + 1)[::every], texts[::every])
    if turned:
        ax.tick_params(axis="x", labelrotation=45)
        for text in ax.get_xticklabels():
            text.set(ha="right", rotation_mode="anchor")
    ax.tick_params(axis="x", length=0)


def real_steps(trace: Trace, sequence: int) -> Array:
    """Tell for each step whether it is unmasked, (T,) bool."""
    mask = getattr(trace, "mask", None)
    return np.ones(len(trace.h), bool) if mask is None else np.asarray(mask)[:, sequence]


def hatch(ax: Axes, trace: Trace, sequence: int, edges: Array, *, cover: bool) -> None:
    """Hatch the masked steps; ``cover`` hides the values below, for fields that are empty there."""
    for t in np.flatnonzero(~real_steps(trace, sequence)):
        ax.axvspan(
            edges[t],
            edges[t + 1],
            facecolor=MASKED if cover else "none",
            edgecolor=HATCH,
            hatch="////",
            lw=0,
            zorder=3,
            gid=f"masked:{t}",
        )


def log10(values: ArrayLike) -> Array:
    """Give log10 of the values that are positive and finite, NaN elsewhere."""
    values = np.asarray(values, dtype=float)
    shown = (values > 0) & np.isfinite(values)
    return np.log10(np.where(shown, values, 1.0), out=np.full(values.shape, np.nan), where=shown)


def limits(logs: Array, floor: float | None = None, pad: float = 0.04) -> tuple[float, float]:
    """Give the range of the logarithms with a margin, at least one power of ten wide; ignore NaN."""
    found = logs[np.isfinite(logs)]
    low, high = (float(found.min()), float(found.max())) if found.size else (-1.0, 0.0)
    low = max(low, floor) if floor is not None else low
    high = max(high, low + 1.0)
    return low - pad * (high - low), high + pad * (high - low)


def powers(axis: Axis, low: float, high: float, most: int = 8) -> None:
    """Label an axis with at most ``most`` powers of ten: as 0.01 to 100 where all lie in that range, else as 10²."""
    step = next(s for s in (1, 2, 3, 5, 10, 20, 50, 100) if (high - low) / s <= most)
    ticks = np.arange(np.ceil(low / step) * step, high + 1e-9, step)
    axis.set_major_locator(FixedLocator([float(tick) for tick in ticks]))
    near = bool((np.abs(ticks) <= 2).all())
    labels = [f"{10.0**tick:g}" if near or tick == 0 else f"$10^{{{int(tick)}}}$" for tick in ticks]
    axis.set_major_formatter(FixedFormatter(labels))


def say_power(log: float) -> str:
    """Write 10 to the power ``log`` with two digits, or in the form 3 × 10⁻¹⁷ if it is far from 1."""
    value = 10.0 ** float(log)
    exponent = int(f"{value:.1e}".split("e")[1])
    if -4 < exponent < 4:
        return f"{float(f'{value:.1e}'):.{max(0, 1 - exponent)}f}"
    digit, exponent_words = f"{value:.0e}".split("e")
    return f"{digit}\u00a0×\u00a010{str(int(exponent_words)).translate(_RAISED)}"  # no line break inside a number


_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def plain_ticks(axis: Axis) -> None:
    """Write the ticks of a logarithmic axis as 0.02 or 50 rather than as powers of ten: it spans few of them."""
    low, high = axis.get_view_interval()
    within = (1.0, 2.0, 3.0, 5.0) if high / low < 12 else (1.0, 2.0, 5.0) if high / low < 200 else (1.0,)
    axis.set_major_locator(LogLocator(subs=within))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_locator(NullLocator())


def log_axis(ax: Axes, logs: Array, floor: float | None = None) -> None:
    """Set the limits and ticks of the y axis for these logarithms."""
    low, high = limits(logs, floor)
    ax.set_ylim(low, high)
    powers(ax.yaxis, low, high)
