"""The end of a sequence in each direction: the output that depends on every real step."""

import numpy as np

from lstm_helpers.arrays import Array
from lstm_helpers.layers.base import LayerTrace


def ends(trace: LayerTrace, mask: Array | None) -> tuple[Array, ...]:
    """Give the index into ``trace.output`` of the last real step, or of the first in columns that were read backward.

    Returns
    -------
    tuple of integer arrays
        ``trace.output[ends(trace, mask)]`` is (B, ·).
    """
    last, rows = last_steps(trace.output, mask)
    n_reversed = getattr(trace, "n_reversed", 0)
    if not n_reversed:
        return last, rows
    columns = np.arange(trace.output.shape[-1])
    first = np.zeros_like(last) if mask is None else mask.argmax(axis=0)
    times = np.where(columns < len(columns) - n_reversed, last[:, None], first[:, None])
    return times, rows[:, None], columns


def last_steps(output: Array, mask: Array | None) -> tuple[Array, Array]:
    """Give the index of each sequence's last real step, or of step T - 1 for a sequence without one."""
    T, B = output.shape[:2]
    if T == 0:
        raise ValueError("xs has T=0 steps; expected at least one, since the output of the last step is needed")
    padding = np.zeros(B, np.int64) if mask is None else mask[::-1].argmax(axis=0)
    return T - 1 - padding, np.arange(B)
