"""How much of a difference a vanilla RNN carries on: the numbers behind `FadingDifference`, apart for checking.

Two sequences that differ in a few places run through one cell, h_t = tanh(x_t W_x + h_{t-1} s W_h + b), and
d_t = ‖h_t - h'_t‖ is what is left of the difference. Near h = 0 a step multiplies it by about s W_h; in the long run
the spectral radius of s W_h decides; tanh takes more away, the further h is from 0.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lstm_helpers.arrays import Array
from lstm_helpers.cells import rnn
from lstm_helpers.through_time import unroll


class Fading(NamedTuple):
    """What is left of a difference."""

    difference: Array  # (T,)  after each step
    first: int  # the step, from 0, after which the states differ first
    left: float  # the last difference over the first one
    factor: float  # of one step, on (geometric) average


def fading(params: rnn.Params, xs: Array, others: Array, scale: float = 1.0) -> Fading:
    """Run two sequences through the cell, its recurrent weights multiplied by `scale`, and compare the states.

    Parameters
    ----------
    params : rnn.Params
        The weights.
    xs, others : array (T, 1, D)
        Two sequences that differ somewhere before the last step.
    scale : float
        What W_h is multiplied by.

    Raises
    ------
    ValueError
        If the two have not the same shape (T, 1, D), or do not differ before the last step.
    """
    if np.shape(xs) != np.shape(others) or np.ndim(xs) != 3 or np.shape(xs)[1] != 1:
        raise ValueError(f"xs and others have shapes {np.shape(xs)} and {np.shape(others)}; expected (T, 1, D) twice")
    places = np.flatnonzero((xs != others).any(axis=(1, 2)))
    if not places.size or places[0] == len(xs) - 1:
        raise ValueError("xs and others do not differ before the last step: nothing can fade")
    scaled = params._replace(W_h=scale * params.W_h)
    a, b = (unroll(rnn, scaled, one).h[:, 0] for one in (xs, others))
    difference, first = np.linalg.norm(a - b, axis=1), int(places[0])
    left = float(difference[-1] / difference[first])
    return Fading(difference, first, left, float(left ** (1 / (len(xs) - 1 - first))))


def spectral_radius(W_h: Array) -> float:
    """Give the largest absolute eigenvalue."""
    return float(np.abs(np.linalg.eigvals(W_h)).max())
