"""Every test of a figure runs without a screen, leaves no figure open and no default changed."""

from collections.abc import Iterator
from typing import NamedTuple

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

from lstm_helpers import through_time
from lstm_helpers.cells import lstm


@pytest.fixture(autouse=True)
def untouched_defaults() -> Iterator[None]:
    backend = matplotlib.get_backend()
    plt.switch_backend("agg")
    before = matplotlib.rcParams.copy()
    yield
    after = matplotlib.rcParams.copy()
    plt.close("all")
    plt.switch_backend(backend)
    assert after == before, {key for key in after if after[key] != before[key]}


class Masked(NamedTuple):
    trace: object
    mask: np.ndarray


@pytest.fixture
def masked() -> Masked:
    """Seven steps of two sequences, four units, three inputs; the second sequence has a hole and an early end."""
    rng = np.random.default_rng(11)
    mask = np.ones((7, 2), bool)
    mask[[2, 5, 6], 1] = False
    params = lstm.init(rng, 3, 4)
    params = params._replace(W_x=4 * params.W_x)
    return Masked(through_time.unroll(lstm, params, rng.normal(size=(7, 2, 3)), mask=mask), mask)


@pytest.fixture
def series_trace() -> object:
    """Forty steps of one number each, through five units."""
    rng = np.random.default_rng(12)
    params = lstm.init(rng, 1, 5)
    return through_time.unroll(lstm, params._replace(W_x=3 * params.W_x), rng.normal(size=(40, 1, 1)))
