"""The stored tables have the sizes their loaders promise, and say what the pages say of them."""

import numpy as np
import pytest

from lstm_helpers import baselines, measured, series
from lstm_helpers.tasks import elnino, sunspots


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


def test_chapter_11_says_what_the_table_says():
    """Against the baselines of the same test years, computed here anew."""
    table, numbers = measured.forecasts(), sunspots.load().numbers
    assert len(table.sunspots) == len(measured.SUNSPOT_NETWORKS) and len(table.co2) == len(measured.CO2_NETWORKS)
    assert len(table.elnino) == len(measured.ELNINO_NETWORKS) and table.steps.shape == (9,)

    # The stored forecasts of one year and the stored errors are of the same networks and the same years.
    truth = numbers[24:]
    error = np.abs(table.sunspots_ahead - truth)
    np.testing.assert_allclose(error[:, 197:-10].mean(axis=1), table.sunspots[0, :, 0], rtol=1e-9)

    # Learned better than linear, tested about level, and much worse where the sun is more active than ever learned.
    square = (table.sunspots_ahead - truth) ** 2 / 1535
    periods = (slice(None, 197), slice(197, 232), slice(232, 256))  # to 1920, to 1955, to 1979
    learned, level, active = (np.median(square[:, years].mean(axis=1)) for years in periods)
    assert learned < 0.06 and 0.1 < level < 0.15 and active > 0.36

    # El Niño: the best of ten is level with AR(3), the median is not. CO2: not without differences.
    anomaly = elnino.load().temperature - np.resize(elnino.monthly_means(elnino.load().temperature[:480]), 732)
    fit = baselines.fit_autoregression(anomaly[:480], 3)
    past, future, _ = series.examples(anomaly, 36, 12, first=480)
    linear = np.abs(baselines.autoregression(fit, past, 12) - future).mean()
    assert np.all(np.median(table.elnino.mean(axis=2), axis=1) > linear + 0.05)
    values, weekly, yearly = table.co2.mean(axis=2)
    assert values.min() > 5 * weekly.max() and yearly.max() < 0.8
