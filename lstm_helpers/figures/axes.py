"""What every figure over time shares: the axis of steps, words or years, and the hatching of masked steps."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from lstm_helpers.arrays import Array
from lstm_helpers.figures.diagram import check_index

Labels = Sequence[str] | Sequence[float] | Array
FIELDS = ("f", "i", "g", "c", "o", "h")  # in the order in which a step uses them
_WORDS = 40  # so many words fit side by side


def check_trace(trace: Any, sequence: int, fields: Sequence[str]) -> None:
    """Refuse what is not a trace, an empty one, a sequence it has not and a field its cell has not."""
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
    """Tell words from numbers."""
    return labels is not None and len(labels) > 0 and isinstance(labels[0], str)


def edges_of(length: int, labels: Labels | None) -> Array:
    """Give the T + 1 borders of the steps on the time axis; step t is centred on its label, or on t = 1 … T."""
    if labels is not None and len(labels) != length:
        raise ValueError(f"labels has {len(labels)} entries; expected one for each of the {length} steps")
    if labels is None or are_words(labels):
        return np.arange(length + 1) + 0.5
    times = np.asarray(labels, dtype=float)
    gaps = np.diff(times)
    if not np.all(np.isfinite(times)) or (gaps.size and not (gaps[0] > 0 and np.allclose(gaps, gaps[0]))):
        raise ValueError("labels are numbers but not equally spaced and rising; expected such as years, or words")
    gap = float(gaps[0]) if gaps.size else 1.0
    return np.append(times - gap / 2, times[-1] + gap / 2)


def label_time(ax: Axes, length: int, labels: Labels | None, time_label: str) -> None:
    """Write the steps, the words or the numbers under a plot."""
    if labels is None or not are_words(labels):
        ax.set_xlabel("step t" if labels is None else time_label)
        ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=12, steps=[1, 2, 5, 10]))
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


def real_steps(trace: Any, sequence: int) -> Array:
    """Tell for each step whether the mask lets it through, (T,) bool."""
    mask = getattr(trace, "mask", None)
    return np.ones(len(trace.h), bool) if mask is None else np.asarray(mask)[:, sequence]


def hatch(ax: Axes, trace: Any, sequence: int, edges: Array, *, cover: bool) -> None:
    """Hatch the steps that the mask leaves out; ``cover`` hides what is below, for fields that are empty there."""
    for t in np.flatnonzero(~real_steps(trace, sequence)):
        ax.axvspan(
            edges[t],
            edges[t + 1],
            facecolor="#F2F2F2" if cover else "none",
            edgecolor="#B0B0B0",
            hatch="////",
            lw=0,
            zorder=3,
            gid=f"masked:{t}",
        )
