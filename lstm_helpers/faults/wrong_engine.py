"""Backward passes over time, each with one fault; its docstring names the fault and its symptom.

All replace ``through_time.backpropagate``.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from lstm_helpers import gradient_flow, through_time
from lstm_helpers.arrays import Array, Params, State, tree_map
from lstm_helpers.cells.base import Cell
from lstm_helpers.through_time import Backward, Trace


def gradient_cut_in_time(
    cell: Cell, params: Params, trace: Trace, d_hs: Array, d_state: State | None = None
) -> Backward:
    """Send each output's gradient to its own step and no further: right for T = 1, no gradient for earlier inputs."""
    return gradient_flow.truncated(cell, params, trace, d_hs, 1, d_state)


def gradient_overwritten(
    cell: Cell, params: Params, trace: Trace, d_hs: Array, d_state: State | None = None
) -> Backward:
    """Write ``=`` where ``+=`` belongs: only the first time step's part of the weights' gradient is left."""
    right = through_time.backpropagate(cell, params, trace, d_hs, d_state)
    first = gradient_flow.chunk(trace, 0, 1)
    arriving = tree_map(lambda a: a[0], right.states)
    alone = through_time.backpropagate(cell, params, first, np.zeros_like(d_hs[:1]), arriving)
    return right._replace(params=alone.params)


def last_output_only(cell: Cell, params: Params, trace: Trace, d_hs: Array, d_state: State | None = None) -> Backward:
    """Start at the last output and add none of the others: right only if the loss depends on the last output alone."""
    alone = np.zeros_like(d_hs)
    alone[-1:] = d_hs[-1:]
    return through_time.backpropagate(cell, params, trace, alone, d_state)


def accumulators_not_reset() -> Callable[..., Backward]:
    """Add to the gradients of the last call: the first call is right, the same call again gives twice the gradient."""
    kept: list[Any] = []

    def backpropagate(cell: Cell, params: Params, trace: Trace, d_hs: Array, d_state: State | None = None) -> Backward:
        right = through_time.backpropagate(cell, params, trace, d_hs, d_state)
        total = right.params
        if kept and all(a.shape == b.shape for a, b in zip(kept[-1], total, strict=True)):
            total = tree_map(np.add, kept[-1], total)
        kept[:] = [total]
        return right._replace(params=total)

    return backpropagate
