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


class GradientNorms(NamedTuple):
    """Spectral norms of gradients through time before training, as log10: of 10 seeds the least, median and greatest.

    H = 32, D = 8, inputs N(0, 1), a sequence of 100 steps from an empty state; all weights uniform ±1/√H times a
    scale, all biases 0 but the forget bias. Seed for seed the draws behind all entries are the same.
    """

    lstm: Array  # (7 GRADIENT_SCALES, 13 GRADIENT_BIASES, 3, 101) float32: ∂c_T/∂c_{T-lag}, lag 0 to 100
    rnn: Array  # (7 GRADIENT_SCALES, 3, 101) float32: ∂h_T/∂h_{T-lag}


class Forecasts(NamedTuple):
    """How well LSTMs of 8 units forecast three series, 10 seeds each; chapter 11.

    Errors are mean absolute errors over all origins in the test years, for 1, 2, … steps ahead.
    """

    sunspots: Array  # (2 SUNSPOT_NETWORKS, 10, 11 years) trained on 1700 to 1920, tested from 1921
    elnino: Array  # (4 ELNINO_NETWORKS, 10, 12 months) °C; trained on 1950 to 1989, tested from 1990
    co2: Array  # (3 CO2_NETWORKS, 10, 26 weeks) ppm; trained on 1958 to 1989, tested from 1990
    sunspots_ahead: Array  # (10, 285) the first network's forecasts of one year, 1724 to 2008
    steps: Array  # (9,) int64: for how many steps each of these nine networks was trained


NETWORKS = ("RNN", "LSTM, forget bias 1", "LSTM, forget bias 3")
SETUPS = ("RNN", "LSTM, forget bias 0", "LSTM, forget bias 1", "LSTM, forget bias 3", "LSTM, chrono")
LATCH_LAGS = (10, 20, 40, 80, 160)
GRID_SIZES = (2, 4, 8, 16, 32)
GRID_RATES = (0.001, 0.003, 0.01, 0.03, 0.1)
GRADIENT_SCALES = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
GRADIENT_BIASES = tuple(k / 2 for k in range(13))
GRADIENT_LAGS = 100
GRADIENT_SEEDS = 10
SUNSPOT_NETWORKS = ("LSTM, recursive", "LSTM, direct")
ELNINO_NETWORKS = (
    "LSTM of anomalies",
    "LSTM of anomalies, direct",
    "LSTM of temperatures",
    "LSTM of temperatures and months",
)
CO2_NETWORKS = ("LSTM of values", "LSTM of weekly changes", "LSTM of yearly changes")

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


def gradients() -> GradientNorms:
    """Load what chapter 09's widget looks up: log10 of norms against lag, forget bias and weight scale."""
    scales, biases, lags = len(GRADIENT_SCALES), len(GRADIENT_BIASES), GRADIENT_LAGS + 1
    lstm = np.zeros((scales, biases, 3, lags), np.float32)
    return _load("gradients", GradientNorms(lstm, np.zeros((scales, 3, lags), np.float32)))


def forecasts() -> Forecasts:
    """Load the errors of the forecasting networks of chapter 11."""
    tables = (np.zeros((2, 10, 11)), np.zeros((4, 10, 12)), np.zeros((3, 10, 26)), np.zeros((10, 285)))
    return _load("forecasts", Forecasts(*tables, np.zeros(9, np.int64)))


def _load(name: str, like: TableT) -> TableT:
    with resources.as_file(resources.files("lstm_helpers.measured").joinpath(f"{name}.npz")) as path:
        return arrays.load(path, like)
