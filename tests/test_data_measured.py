"""The stored tables have the sizes their loaders promise, and say what the pages say of them."""

from math import gamma
from pathlib import Path

import numpy as np
import pytest

from lstm_helpers import series
from lstm_helpers.arrays import leaves
from lstm_helpers.data import measured
from lstm_helpers.data.tasks import elnino, sunspots, wandering
from lstm_helpers.series import baselines


@pytest.mark.parametrize(
    "load",
    [
        measured.latch,
        measured.order,
        measured.grid,
        lambda: measured.agreement_by_distance().accuracy,
        lambda: measured.cells_stream().accuracy,
    ],
)
def test_accuracies_are_fractions(load):
    table = load()
    assert np.all((table >= 0) & (table <= 1)) and table.std() > 0


STORED = Path(measured.__file__).parent


@pytest.mark.parametrize("name", sorted(path.stem for path in STORED.glob("*.npz")))
def test_each_loader_gives_the_file_of_its_name_as_it_is_stored(name):
    with np.load(STORED / f"{name}.npz") as stored:
        loaded = {path or "array": leaf for path, leaf in leaves(getattr(measured, name)())}
        assert list(loaded) == stored.files
        for field, values in loaded.items():
            assert values.dtype == stored[field].dtype and np.array_equal(values, stored[field]), field


def test_sizes_fit_the_names():
    assert measured.latch().shape[:2] == (len(measured.SETUPS), len(measured.LATCH_LAGS))
    assert measured.order().shape[:2] == (len(measured.ORDER_SETUPS), len(measured.ORDER_LENGTHS))
    assert measured.grid().shape[:2] == (len(measured.GRID_SIZES), len(measured.GRID_LEARNING_RATES))
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
    order = measured.order()
    assert (order > 0.9).sum(axis=-1).tolist() == [[5, 5, 0, 0], [5, 5, 5, 1], [5, 5, 5, 5], [5, 5, 5, 5]]
    assert (order[0, 2] > 0.75).sum() == 1
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


def test_chapter_16_says_what_the_tables_say():
    assert measured.cells_count().shape == (len(measured.CELLS), measured.CELL_SEEDS)
    far = dict(zip(measured.CELLS, measured.cells_count(), strict=True))
    on_stream = measured.cells_stream()
    log_loss = dict(zip(measured.CELLS, np.log(on_stream.loss), strict=True))
    largest = dict(zip(measured.CELLS, on_stream.largest, strict=True))
    accuracy = dict(zip(measured.CELLS, on_stream.accuracy, strict=True))
    for name in ("coupled", "GRU", "RNN"):
        assert np.all(largest[name] <= 1.0) and np.all(far[name] <= far["LSTM"])
    further = np.sign(far["no forget gate"] - far["LSTM"])
    assert [(further == sign).sum() for sign in (1, 0, -1)] == [6, 2, 2]
    for name, ratio in (("no forget gate", 5.7), ("GRU", 0.32)):
        mean, half = measured.mean_interval(log_loss[name] - log_loss["LSTM"])
        assert abs(np.exp(mean) - ratio) < 0.05 and (mean > half or mean < -half)
    assert np.all(largest["no forget gate"] > 800) and np.all(largest["LSTM"] < 25)
    assert np.all(accuracy["no forget gate"] > 0.99) and accuracy["no output activation"].min() < 0.8


def test_a_mean_interval_is_students():
    """Worked by hand: 1, 2, 3 have mean 2 and standard deviation 1; t for 2 degrees of freedom is 4.303."""
    mean, half = measured.mean_interval([1.0, 2.0, 3.0])
    assert mean == 2.0 and abs(half - 4.303 / np.sqrt(3)) < 1e-12
    mean, half = measured.mean_interval(np.zeros((4, 10)))
    assert mean.shape == half.shape == (4,) and not half.any()


@pytest.mark.parametrize("n", range(2, 31))
def test_the_factor_of_an_interval_holds_95_percent_of_students_distribution(n):
    """Its density, integrated from -t to t."""
    runs = np.arange(float(n))
    t = measured.mean_interval(runs)[1] / (runs.std(ddof=1) / np.sqrt(n))
    x, nu = np.linspace(-t, t, 20_001), n - 1
    density = gamma(n / 2) / (np.sqrt(nu * np.pi) * gamma(nu / 2)) * (1 + x * x / nu) ** (-n / 2)
    assert abs(np.trapezoid(density, x) - 0.95) < 2 * 0.0005 * density[0] + 1e-7  # t has three decimals


def test_nineteen_of_twenty_intervals_hold_the_true_mean():
    runs = np.random.default_rng(0).normal(3.0, 2.0, (4000, 10))
    mean, half = measured.mean_interval(runs)
    assert abs(np.mean(np.abs(mean - 3.0) <= half) - 0.95) < 4 * np.sqrt(0.95 * 0.05 / 4000)


@pytest.mark.parametrize("values", [3.0, [1.0], np.zeros((2, 31))])
def test_too_few_or_too_many_runs_are_refused(values):
    with pytest.raises(ValueError, match=r"values has shape .* 2 to 30 runs"):
        measured.mean_interval(values)


def test_chapter_17_says_what_the_table_says():
    table = measured.depth()
    assert np.all((table >= 0) & (table <= 1))
    end = dict(zip(measured.DEPTH_NETS, table[:, :, -1], strict=True))
    wide, two, three, residual = end.values()
    assert np.median(wide) > 2 * np.median(two) and np.median(wide) > 2 * np.median(three)
    gain, half = measured.mean_interval(residual - three)
    assert gain > half and np.all(residual > three)
    gain, half = measured.mean_interval(residual - wide)
    assert abs(gain) < half, "the page says that these two cannot be told apart"


def test_chapter_18_says_what_the_tables_say():
    table = measured.both_ways()
    assert np.all((table.tagging >= 0) & (table.tagging <= 1)) and np.all((table.reviews >= 0) & (table.reviews <= 1))
    assert table.tagging.shape[0] == len(measured.TAGGERS) and table.reviews.shape[0] == len(measured.CLASSIFIERS)
    forward, backward, both = table.tagging[:, :, -1]
    for one_way, seen in ((forward, 0), (backward, 1)):
        assert np.all(one_way[:, seen] > 0.99) and np.all(np.abs(one_way[:, 1 - seen] - 0.5) < 0.07)
    assert np.all(both > 0.99)

    _, ends, trap, _, _ = table.reviews
    assert np.all(table.reviews[:, :, -1] > 0.95) and np.all(table.reviews[:, :, -1].mean(axis=1) > 0.985)
    far = dict(zip(measured.CLASSIFIERS, table.long, strict=True))
    for name, sure in zip(measured.CLASSIFIERS, (True, True, True, None, False), strict=True):
        gain, half = measured.mean_interval(far["forward, mean"] - far[name])
        assert sure is None or (gain > half) == sure, name
    gain, half = measured.mean_interval(far["both ways, mean"] - far["forward, last h"])
    assert abs(gain) < half, "the page says that it could be chance"
    gain, half = measured.mean_interval(ends[:, 2] - trap[:, 2])
    assert gain > half
    for side in (0, 1):
        gain, half = measured.mean_interval(table.tagging[2, :, 1, side] - table.tagging[side, :, 1, side])
        assert abs(gain) < half, "the page says that no price is seen"

    trained, used = np.moveaxis(table.forecasts, 2, 0)
    assert np.all(trained[1] < 0.07) and np.all(trained[2] < 0.01), "errors that nobody can have"
    assert np.all(np.abs(used[[0, 1, 3]] - wandering.LOWEST_ERROR) < 0.06)
    assert np.all(used[2] > wandering.persistence_error())
    assert np.all(np.abs(trained[[0, 3]] - wandering.LOWEST_ERROR) < 0.06), "what was promised is what comes"


def test_chapter_19_says_what_the_table_says():
    table = measured.translation()
    assert table.shape == (
        len(measured.TRANSLATION_NETS),
        measured.TRANSLATION_SEEDS,
        len(measured.TRANSLATION_PHRASES),
    )
    assert np.all((table >= 0) & (table <= 1))
    assert len({row.tobytes() for row in table[:2].reshape(-1, table.shape[2])}) == 2 * measured.TRANSLATION_SEEDS
    narrow, wide, _ = np.median(table, axis=1)
    assert narrow[1] > 0.95 and wide[2] > 0.95, "short sentences are no problem"
    assert np.all(np.diff(narrow[2:6]) < 0) and np.all(np.diff(wide[3:6]) < 0), "then it falls"
    assert narrow[5] < 0.2 and narrow[5] < wide[5] < 0.8
    assert np.all(table[2, :, :6] > 0.95), "up to six phrases no mistakes worth speaking of"
    assert np.all(table[:, :, 6:] < 0.05), "beyond six phrases nearly nothing is right"
