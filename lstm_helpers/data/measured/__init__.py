"""Results that take too long to compute on a page: tables of numbers, with the script and the seeds of each.

A page repeats a part of each and names the part. ``measured.md`` beside the files names script, seeds and minutes.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from lstm_helpers.arrays import Array, TreeT
from lstm_helpers.data import shipped
from lstm_helpers.data.measured.speed_table import Measurement as Measurement
from lstm_helpers.data.measured.speed_table import Speed as Speed
from lstm_helpers.data.measured.speed_table import speed as speed
from lstm_helpers.data.measured.speed_table import write_speed as write_speed


class AgreementByDistance(NamedTuple):
    """Accuracy of verb agreement on new sentences, for networks trained at one distance each.

    The networks, in order: the vanilla RNN, the LSTM with forget bias 1, and the LSTM with forget bias 3.
    """

    distractors: Array  # (N,) nouns between subject and verb
    accuracy: Array  # (3, N, seeds) fraction of 500 new sentences that were right


class GradientNorms(NamedTuple):
    """Spectral norms of gradients through time before training, as log10: minimum, median and maximum of 10 seeds.

    H = 32, D = 8, inputs N(0, 1), a sequence of 100 steps from the zero state. All weights are uniform in ±1/√H times a
    scale, all biases are 0 except the forget bias. All entries use the same random numbers for each seed.
    """

    lstm: Array  # (7 GRADIENT_SCALES, 13 GRADIENT_BIASES, 3, 101) float32: ∂c_T/∂c_{T-lag}, lag 0 to 100
    rnn: Array  # (7 GRADIENT_SCALES, 3, 101) float32: ∂h_T/∂h_{T-lag}


class Forecasts(NamedTuple):
    """Errors of LSTMs of 8 units on three series, 10 seeds each; chapter 11.

    Errors are mean absolute errors over all origins in the test years, for 1, 2, … steps ahead.
    """

    sunspots: Array  # (2 SUNSPOT_NETWORKS, 10, 11 years) trained on 1700 to 1920, tested from 1921
    elnino: Array  # (4 ELNINO_NETWORKS, 10, 12 months) °C; trained on 1950 to 1989, tested from 1990
    co2: Array  # (3 CO2_NETWORKS, 10, 26 weeks) ppm; trained on 1958 to 1989, tested from 1990
    sunspots_ahead: Array  # (10, 285) the first network's forecasts of one year, 1724 to 2008
    steps: Array  # (9,) int64: the number of training steps of each of these nine networks


class OnTheStream(NamedTuple):
    """Results of each of CELLS on the stream of sentences, H = 16, after 200 training steps on chunks of 40 words."""

    loss: Array  # (10, 10 seeds) nats per word, on 200 new chunks
    accuracy: Array  # (10, 10 seeds) at the last word before a verb, words 200 to 1000 of a run without a reset
    largest: Array  # (10, 10 seeds) the largest |c| (or |h|, where there is no c) after those 1000 words


CELLS = (
    "LSTM",
    "no input gate",
    "no forget gate",
    "no output gate",
    "no input activation",
    "no output activation",
    "coupled",
    "peephole",
    "GRU",
    "RNN",
)
CELL_SEEDS = 10
DEPTH_NETS = {  # layers and units, about 6000 weights each
    "1 layer of 32": (1, 32),
    "2 layers of 20": (2, 20),
    "3 layers of 15": (3, 15),
    "3 layers of 15, residual": (3, 15),
}
DEPTH_SEEDS = 10
DEPTH_STEPS = 1200
DEPTH_EVERY = 100

TRANSLATION_NETS = {  # units of each layer and direction, and whether there is attention
    "one vector, 32 units": (32, False),
    "one vector, 64 units": (64, False),
    "attention, 32 units": (32, True),
}
TRANSLATION_SEEDS = 5
TRANSLATION_PHRASES = (1, 2, 3, 4, 5, 6, 7, 8)  # trained on 1 to 6


class BothWays(NamedTuple):
    """Unidirectional against bidirectional networks, 10 seeds each, all float32; chapter 18."""

    tagging: Array  # (3 TAGGERS, 10, 8, 2) accuracy on ambiguous words, every 25 steps; answer on the left, right
    reviews: Array  # (5 CLASSIFIERS, 10, 8) accuracy on new reviews of 1 to 5 clauses, every 50 steps
    long: Array  # (5 CLASSIFIERS, 10) the same after training, on reviews of 15 clauses
    forecasts: Array  # (4 FORECASTERS, 10, 2) mean squared error as trained, and without the future


TAGGERS = {"forward": 20, "backward": 20, "both ways": 12}  # units (in each direction), about 3820 weights each
CLASSIFIERS = {  # units, about 3100 weights each
    "forward, last h": 20,
    "both ways, both ends": 12,
    "both ways, output[-1]": 12,
    "forward, mean": 20,
    "both ways, mean": 12,
}
FORECASTERS = {  # units, about 670 weights each
    "forward": 12,
    "both ways": 8,
    "both ways, not the last": 8,
    "both ways, on a window": 8,
}
BOTH_WAYS_SEEDS = 10
TAGGING_EVERY, REVIEWS_EVERY = 25, 50  # training steps between two entries


class ProseTraining(NamedTuple):
    """The training log of ``trained.prose``; all (N,), after every 250 steps."""

    step: Array  # the number of completed steps
    train: Array  # bits per character, mean over the last 250 batches, with dropout
    validation: Array  # bits per character, on held-out text, without dropout


NETWORKS = ("RNN", "LSTM, forget bias 1", "LSTM, forget bias 3")
SETUPS = ("RNN", "LSTM, forget bias 0", "LSTM, forget bias 1", "LSTM, forget bias 3", "LSTM, chrono")
LATCH_LAGS = (10, 20, 40, 80, 160)
ORDER_SETUPS = ("RNN", "LSTM, forget bias 1", "LSTM, forget bias 3", "LSTM, chrono")
ORDER_LENGTHS = (10, 20, 40, 80)
GRID_SIZES = (2, 4, 8, 16, 32)
GRID_LEARNING_RATES = (0.001, 0.003, 0.01, 0.03, 0.1)
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

# The 97.5 % quantiles of Student's t for 1 to 29 degrees of freedom.
_STUDENT = tuple(
    float(quantile)
    for quantile in """
    12.706 4.303 3.182 2.776 2.571 2.447 2.365 2.306 2.262 2.228 2.201 2.179 2.160 2.145 2.131
    2.120 2.110 2.101 2.093 2.086 2.080 2.074 2.069 2.064 2.060 2.056 2.052 2.048 2.045
    """.split()
)


def agreement_by_distance() -> AgreementByDistance:
    """Load the table of chapter 01: 7 distances, 10 seeds, 400 steps of training each, H = 16."""
    return _load("agreement_by_distance", AgreementByDistance(np.zeros(7), np.zeros((3, 7, 10))))


def latch() -> Array:
    """Load the accuracy on the latch, (5 SETUPS, 5 LATCH_LAGS, 10 seeds): H = 8, 400 steps, learning rate 0.01."""
    return _load("latch", np.zeros((5, 5, 10)))


def adding() -> Array:
    """Load training losses of adding with T = 50, (3, 3 seeds, 100): means over 25 of 2500 steps, H = 32.

    The three networks are the RNN, the LSTM with forget bias 1, and the LSTM with chrono initialisation.
    The learning rate is 0.005.
    """
    return _load("adding", np.zeros((3, 3, 100)))


def order() -> Array:
    """Load the accuracy on temporal order, (4 ORDER_SETUPS, 4 ORDER_LENGTHS, 5 seeds): H = 16, 800 steps."""
    return _load("order", np.zeros((4, 4, 5)))


def grid() -> Array:
    """Load the accuracy on the latch of length 40 with forget bias 3 after 300 steps.

    The shape is (5 GRID_SIZES, 5 GRID_LEARNING_RATES, 5 seeds).
    """
    return _load("grid", np.zeros((5, 5, 5)))


def cells_stream() -> OnTheStream:
    """Load the results of chapter 16 on the stream of sentences."""
    shape = (len(CELLS), CELL_SEEDS)
    return _load("cells_stream", OnTheStream(*(np.zeros(shape) for _ in OnTheStream._fields)))


def cells_count() -> Array:
    """Load how far each of CELLS counts, (10, 10 seeds): aⁿbⁿ is right for every n up to this; trained on n up to 8."""
    return _load("cells_count", np.zeros((len(CELLS), CELL_SEEDS)))


def depth() -> Array:
    """Load the fraction of symbols that DEPTH_NETS copied, (4, 10 seeds, 12): after 100, 200, … 1200 steps."""
    return _load("depth", np.zeros((len(DEPTH_NETS), DEPTH_SEEDS, DEPTH_STEPS // DEPTH_EVERY), np.float32))


def both_ways() -> BothWays:
    """Load the results of chapter 18 for taggers, classifiers of reviews, and forecasters."""
    n = BOTH_WAYS_SEEDS
    shapes = ((len(TAGGERS), n, 8, 2), (len(CLASSIFIERS), n, 8), (len(CLASSIFIERS), n), (len(FORECASTERS), n, 2))
    return _load("both_ways", BothWays(*(np.zeros(shape, np.float32) for shape in shapes)))


def translation() -> Array:
    """Load the fraction of right translations of TRANSLATION_NETS, (3, 5 seeds, 8 TRANSLATION_PHRASES); chapter 19."""
    shape = (len(TRANSLATION_NETS), TRANSLATION_SEEDS, len(TRANSLATION_PHRASES))
    return _load("translation", np.zeros(shape, np.float32))


def gradients() -> GradientNorms:
    """Load the table of chapter 09's widget: log10 of norms against lag, forget bias and weight scale."""
    scales, biases, lags = len(GRADIENT_SCALES), len(GRADIENT_BIASES), GRADIENT_LAGS + 1
    lstm = np.zeros((scales, biases, 3, lags), np.float32)
    return _load("gradients", GradientNorms(lstm, np.zeros((scales, 3, lags), np.float32)))


def forecasts() -> Forecasts:
    """Load the errors of the forecasting networks of chapter 11."""
    tables = (np.zeros((2, 10, 11)), np.zeros((4, 10, 12)), np.zeros((3, 10, 26)), np.zeros((10, 285)))
    return _load("forecasts", Forecasts(*tables, np.zeros(9, np.int64)))


def mean_interval(values: ArrayLike) -> tuple[Array, Array]:
    """Give the mean over the last axis, and half the width of its 95 % confidence interval by Student's t.

    Parameters
    ----------
    values : array (…, n)
        One number for each of n independent runs, 2 to 30. The interval is for the mean of such runs, not for one run.

    Raises
    ------
    ValueError
        If n is not from 2 to 30.
    """
    runs = np.asarray(values, dtype=float)
    n = runs.shape[-1] if runs.ndim else 0
    if not 2 <= n <= len(_STUDENT) + 1:
        raise ValueError(f"values has shape {runs.shape}; expected (…, n) with n from 2 to {len(_STUDENT) + 1} runs")
    return runs.mean(axis=-1), _STUDENT[n - 2] * runs.std(axis=-1, ddof=1) / np.sqrt(n)


def prose() -> ProseTraining:
    """Load the log of the training that ended in ``trained.prose``: 28 rows, one for every 250 steps."""
    return _load("prose", ProseTraining(np.zeros(28, np.int64), np.zeros(28), np.zeros(28)))


def _load(name: str, like: TreeT) -> TreeT:
    return shipped.tree(f"measured/{name}.npz", like)
