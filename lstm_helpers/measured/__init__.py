"""Results that take longer than a page may: tables of numbers, each with the script and the seeds that made it.

A page repeats a part of each and says which part. ``measured.md`` beside the files names script, seeds and minutes.
"""

from importlib import resources
from typing import NamedTuple, TypeVar

import numpy as np

from lstm_helpers import arrays
from lstm_helpers.arrays import Array


class AgreementByDistance(NamedTuple):
    """How well networks that were trained at one distance each agree with their subject, on new sentences.

    The networks, in order: the vanilla RNN, the LSTM with forget bias 1, and the LSTM with forget bias 3.
    """

    distractors: Array  # (N,) nouns between subject and verb
    accuracy: Array  # (3, N, seeds) share of 500 new sentences that were right


NETWORKS = ("RNN", "LSTM, forget bias 1", "LSTM, forget bias 3")
SETUPS = ("RNN", "LSTM, forget bias 0", "LSTM, forget bias 1", "LSTM, forget bias 3", "LSTM, chrono")
LATCH_LAGS = (10, 20, 40, 80, 160)
GRID_SIZES = (2, 4, 8, 16, 32)
GRID_RATES = (0.001, 0.003, 0.01, 0.03, 0.1)

TableT = TypeVar("TableT")


def agreement_by_distance() -> AgreementByDistance:
    """Load the table that chapter 01 shows: 7 distances, 10 seeds, 400 steps of training each, H = 16."""
    return _load("agreement_by_distance", AgreementByDistance(np.zeros(7), np.zeros((3, 7, 10))))


def latch() -> Array:
    """Load the accuracy on the latch, (5 SETUPS, 5 LATCH_LAGS, 10 seeds): H = 8, 400 steps, rate 0.01."""
    return _load("latch", np.zeros((5, 5, 10)))


def adding() -> Array:
    """Load training losses of adding with T = 50, (3, 3 seeds, 100): means over 25 of 2500 steps, H = 32, rate 0.005.

    The three networks are the RNN, the LSTM with forget bias 1, and the LSTM with chrono initialisation.
    """
    return _load("adding", np.zeros((3, 3, 100)))


def grid() -> Array:
    """Load the accuracy on the latch of length 40, (5 GRID_SIZES, 5 GRID_RATES, 5 seeds): 300 steps, forget bias 3."""
    return _load("grid", np.zeros((5, 5, 5)))


def _load(name: str, like: TableT) -> TableT:
    with resources.as_file(resources.files("lstm_helpers.measured").joinpath(f"{name}.npz")) as path:
        return arrays.load(path, like)
