"""The stored tables have the sizes their loaders promise, and say what the pages say of them."""

import numpy as np
import pytest

from lstm_helpers import measured


@pytest.mark.parametrize("load", [measured.latch, measured.grid, lambda: measured.agreement_by_distance().accuracy])
def test_accuracies_are_shares(load):
    table = load()
    assert np.all((table >= 0) & (table <= 1)) and table.std() > 0


def test_sizes_fit_the_names():
    assert measured.latch().shape[:2] == (len(measured.SETUPS), len(measured.LATCH_LAGS))
    assert measured.grid().shape[:2] == (len(measured.GRID_SIZES), len(measured.GRID_RATES))
    table = measured.agreement_by_distance()
    assert table.accuracy.shape[:2] == (len(measured.NETWORKS), len(table.distractors))


def test_chapter_01_says_what_the_table_says():
    rnn, bias_1, bias_3 = (measured.agreement_by_distance().accuracy > 0.95).sum(axis=-1)
    assert rnn[:2].tolist() == [10, 10] and np.all(rnn[3:] < 5)
    assert np.all(bias_1[4:] == 0) and np.all(bias_3 == 10)


def test_chapter_10_says_what_the_tables_say():
    solved = dict(zip(measured.SETUPS, (measured.latch() > 0.9).sum(axis=-1), strict=True))
    assert all(counts[0] == 10 for counts in solved.values())
    assert solved["LSTM, forget bias 0"][1:].tolist() == [0, 0, 0, 0]
    assert solved["LSTM, chrono"].tolist() == [10, 10, 10, 10, 8]
    rnn, bias_1, chrono = measured.adding()
    assert np.all(rnn.min(axis=-1) > 0.01)
    assert np.all(bias_1[:, -1] < 0.001) and np.all(chrono[:, -1] < 0.001)
