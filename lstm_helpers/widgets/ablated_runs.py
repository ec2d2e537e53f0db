"""Zero-ablate h, c or both once in a trained network: the numbers behind `MemoryAblation`, in a module of their own.

Before step `at`, counted from 0, the named parts of the state are set to 0; every step from there on is computed again.
The readout is y_t = h_t W_y + b_y, and sigmoid(y_t) is the probability of the answer after step t.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lstm_helpers.activations import sigmoid
from lstm_helpers.arrays import Array
from lstm_helpers.cells import lstm
from lstm_helpers.data.trained import Network
from lstm_helpers.through_time import unroll

ZEROED = {"nothing": "", "h": "h", "c": "c", "both": "hc"}  # the choices, and the fields of each


class AblatedRun(NamedTuple):
    """One sequence through the network."""

    c: Array  # (T, H)
    h: Array  # (T, H)
    p: Array  # (T,)  the probability of the answer after each step


def run_without(network: Network, xs: Array, at: int, zeroed: str) -> AblatedRun:
    """Run the network over one sequence, with part of its state set to zero before step `at`.

    Parameters
    ----------
    network : trained.Network
        An LSTM and a linear output of one number.
    xs : array (T, 1, D)
        One sequence.
    at : int
        The step, 0 to T - 1, before which the part is set to zero.
    zeroed : {"nothing", "h", "c", "both"}
        The part that is set to zero.

    Raises
    ------
    ValueError
        If `xs` holds no sequence or more than one, `at` is not one of its steps, or `zeroed` is not one of the above.
    """
    check_sequence(xs)
    if not 0 <= at < len(xs):
        raise ValueError(f"at is {at}; expected 0 to {len(xs) - 1}: steps count from 0")
    if zeroed not in ZEROED:
        raise ValueError(f"zeroed is {zeroed!r}; expected one of {', '.join(map(repr, ZEROED))}")
    before = unroll(lstm, network.cell, xs[:at])
    lost = {part: np.zeros_like(before.state.h) for part in ZEROED[zeroed]}
    after = unroll(lstm, network.cell, xs[at:], before.state._replace(**lost))
    c, h = (np.concatenate([getattr(part, name)[:, 0] for part in (before, after)]) for name in "ch")
    return AblatedRun(c, h, sigmoid(h @ network.W_y + network.b_y)[:, 0])


def every_run(network: Network, xs: Array) -> AblatedRun:
    """Run every ablation: fields (3, T, T, H) and p (3, T, T), indexed by part (h, c, both), ablated step and time."""
    runs = [[run_without(network, xs, at, part) for at in range(len(xs))] for part in ("h", "c", "both")]
    return AblatedRun(
        *(np.array([[getattr(run, field) for run in row] for row in runs]) for field in AblatedRun._fields)
    )


def check_sequence(xs: Array) -> None:
    """Refuse anything but one sequence, time first."""
    shape = np.shape(xs)
    if len(shape) != 3 or shape[0] < 1 or shape[1] != 1:
        raise ValueError(f"xs has shape {shape}; expected (T, 1, D), one sequence, time first: try xs[:, :1]")
