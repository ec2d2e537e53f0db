"""Where a sequence has been read: the output that has seen all of it, for each direction of reading."""

from typing import Any

import numpy as np

from lstm_helpers.arrays import Array


def ends(trace: Any, mask: Array | None) -> tuple[Array, ...]:
    """Point into ``trace.output`` at the last real step, and at the first in columns that were read backwards.

    Returns
    -------
    tuple of integer arrays
        ``trace.output[ends(trace, mask)]`` is (B, ·).
    """
    last, who = last_steps(trace.output, mask)
    n_reversed = getattr(trace, "n_reversed", 0)
    if not n_reversed:
        return last, who
    columns = np.arange(trace.output.shape[-1])
    first = np.zeros_like(last) if mask is None else mask.argmax(axis=0)
    times = np.where(columns < len(columns) - n_reversed, last[:, None], first[:, None])
    return times, who[:, None], columns


def last_steps(output: Array, mask: Array | None) -> tuple[Array, Array]:
    """Point at the last real step of each sequence; of one without any, at the last step of all."""
    T, B = output.shape[:2]
    if T == 0:
        raise ValueError("xs has T=0 steps; expected at least one, since the answer is asked for at the last")
    padding = np.zeros(B, np.int64) if mask is None else mask[::-1].argmax(axis=0)
    return T - 1 - padding, np.arange(B)
