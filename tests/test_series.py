"""What is done to a series before a network sees it knows nothing of what comes later, and can be undone."""

import numpy as np
import pytest

from lstm_helpers import series

NAN = np.nan
RNG = np.random.default_rng(0)
VALUES = RNG.normal(size=30) * 3 + 10


# Gaps


def test_a_gap_holds_the_last_measured_value():
    holes = np.array([[1.0, 5.0], [NAN, 6.0], [NAN, NAN], [4.0, NAN], [NAN, 9.0]])
    expected = [[1.0, 5.0], [1.0, 6.0], [1.0, 6.0], [4.0, 6.0], [4.0, 9.0]]
    before = holes.copy()
    assert series.fill_forward(holes).tolist() == expected
    assert series.fill_forward(holes[:, 0]).tolist() == [row[0] for row in expected]
    assert np.array_equal(holes, before, equal_nan=True)
    assert np.array_equal(series.fill_forward(VALUES), VALUES) and series.fill_forward(VALUES) is not VALUES


@pytest.mark.parametrize("known", [1, 4, 7, 12])
def test_a_gap_is_filled_with_a_value_known_before_it(known):
    holes = np.where(np.isin(np.arange(30), [3, 4, 6, 11, 12, 13]), NAN, VALUES)
    assert series.leaks(lambda v: series.fill_forward(v)[:known], holes, known) == ()


def test_a_gap_at_the_beginning_cannot_be_filled():
    with pytest.raises(ValueError, match=r"values\[0\] is missing; expected .* try values\[2:\]"):
        series.fill_forward(np.array([NAN, NAN, 3.0]))
    with pytest.raises(ValueError, match=r"try values\[2:\]"):
        series.fill_forward(np.array([[1.0, NAN], [NAN, 2.0], [1.0, 1.0]]))
    with pytest.raises(ValueError, match=r"values\[1\] is inf"):
        series.fill_forward(np.array([1.0, np.inf, NAN]))


# Split and scale


def test_the_parts_of_a_split_are_the_whole_in_order():
    parts = series.split(VALUES, 20, 25)
    assert [len(part) for part in parts] == [20, 5, 5]
    assert np.array_equal(np.concatenate(parts), VALUES)
    assert [part.tolist() for part in series.split(np.array([1.0, 2.0]), 1)] == [[1.0], [2.0]]


@pytest.mark.parametrize("starts", [(0,), (30,), (20, 20), (25, 20), (0.8,), (-5,)])
def test_an_empty_part_is_refused(starts):
    with pytest.raises(ValueError, match=r"starts are .*; expected rising whole numbers from 1 to 29"):
        series.split(VALUES, *starts)


def test_changing_a_part_does_not_change_the_series():
    train, _ = series.split(VALUES, 20)
    train[:] = 0.0
    assert not np.any(VALUES == 0)


def test_scaling_by_hand():
    scaler = series.fit_scaler(np.array([2.0, 4.0, 6.0, 8.0]))
    assert scaler.mean == 5.0 and scaler.deviation == pytest.approx(np.sqrt(5.0), rel=1e-15)
    np.testing.assert_allclose(series.scale(scaler, np.array([5.0, 5.0 + np.sqrt(5.0)])), [0.0, 1.0], atol=1e-15)


def test_the_training_part_comes_out_with_mean_0_and_deviation_1_and_back_again():
    table = RNG.normal(size=(40, 3)) * [1.0, 1e-3, 1e4] + [0.0, 5.0, -1e5]
    scaler = series.fit_scaler(table)
    scaled = series.scale(scaler, table)
    np.testing.assert_allclose(scaled.mean(axis=0), 0.0, atol=1e-9)
    np.testing.assert_allclose(scaled.std(axis=0), 1.0, rtol=1e-12)
    np.testing.assert_allclose(series.unscale(scaler, scaled), table, rtol=1e-12)


def test_values_outside_of_the_training_range_stay_outside():
    scaler = series.fit_scaler(np.array([0.0, 2.0]))
    assert series.scale(scaler, np.array([-3.0, 12.0])).tolist() == [-4.0, 11.0]


def test_what_does_not_vary_or_has_gaps_cannot_be_scaled():
    with pytest.raises(ValueError, match="train is constant; expected values that vary"):
        series.fit_scaler(np.resize([0.1, np.nextafter(0.1, 1)], 10))  # a deviation of rounding errors, not 0
    with pytest.raises(ValueError, match=r"train\[:, 1\] is constant; expected values that vary"):
        series.fit_scaler(np.stack([np.arange(5.0), np.full(5, 7.0)], axis=1))
    with pytest.raises(ValueError, match=r"train\[1\] is nan: expected finite numbers; fill gaps first"):
        series.fit_scaler(np.array([1.0, NAN, 2.0]))


# Leaks: planted ones are found, honest work is not accused


def planted_scaler(values):
    return series.fit_scaler(values)


def planted_limits(values):
    return values[:20] / np.nanmax(values)


def planted_interpolation(values):
    gap = np.isnan(values)
    steps = np.arange(len(values))
    return np.interp(steps, steps[~gap], values[~gap])[:20]


def planted_smoothing(values):
    return np.convolve(np.nan_to_num(values), np.ones(3) / 3, mode="same")[:20]


def planted_targets(values):
    return series.examples(series.fill_forward(values), 5, 3, first=18)


@pytest.mark.parametrize(
    ("planted", "paths"),
    [
        (lambda v: planted_scaler(series.fill_forward(v)), ("mean", "deviation")),
        (planted_limits, ("result",)),
        (planted_interpolation, ("result",)),
        (planted_smoothing, ("result",)),
        (lambda v: v[:20] - v.size * np.nanmin(v), ("result",)),
        (lambda v: (v[:20], np.nanmedian(v)), ("1",)),
        (lambda v: v[v > 20], ("result",)),
        (lambda v: tuple(v[:1] for _ in range(int(v[25] > 0))), ("structure",)),
    ],
)
def test_a_planted_leak_is_found_and_named(planted, paths):
    holes = np.where(np.isin(np.arange(30), [8, 19, 26]), NAN, VALUES)
    assert series.leaks(planted, holes, 20) == paths


def test_examples_whose_future_reaches_beyond_the_training_part_are_a_leak():
    assert set(series.leaks(planted_targets, VALUES, 20)) == {"past", "future"}
    assert series.leaks(lambda v: series.examples(v[:20], 5, 3), VALUES, 20) == ()


def test_preparation_without_a_leak_passes_and_gaps_stay_gaps():
    def honest(values):
        train = series.fill_forward(values)[:20]
        return series.scale(series.fit_scaler(train), train), series.fit_scaler(train)

    holes = np.where(np.isin(np.arange(30), [8, 19, 26]), NAN, VALUES)
    assert series.leaks(honest, holes, 20) == ()
    seen = []
    series.leaks(lambda v: (seen.append(v.copy()), v[:20])[1:], holes, 20)
    assert len(seen) == 3
    assert all(np.array_equal(np.isnan(v), np.isnan(holes)) for v in seen)
    assert all(np.array_equal(v[:20], holes[:20], equal_nan=True) for v in seen)
    assert not np.isclose(seen[1][20:], seen[0][20:]).any() and not np.isclose(seen[2][20:], seen[1][20:]).any()


def test_one_step_is_enough_to_leak_and_the_series_is_not_written_to():
    def vandal(values):
        values[:] = 0.0
        return values

    before = VALUES.copy()
    assert series.leaks(vandal, VALUES, 20) == () and np.array_equal(VALUES, before)
    assert series.leaks(lambda v: v[:20], VALUES, 19) == ("result",)
    for known in (0, 30, -1):
        with pytest.raises(ValueError, match=f"known is {known}; expected from 1 to 29"):
            series.leaks(lambda v: v, VALUES, known)


# Examples


def test_examples_by_hand():
    past, future, origins = series.examples(np.arange(7.0), 3, 2)
    assert past.T.tolist() == [[0, 1, 2], [1, 2, 3], [2, 3, 4]]
    assert future.T.tolist() == [[3, 4], [4, 5], [5, 6]]
    assert origins.tolist() == [3, 4, 5]


@pytest.mark.parametrize("shape", [(12,), (12, 2)])
def test_every_example_is_a_window_of_the_series(shape):
    values = RNG.normal(size=shape)
    past, future, origins = series.examples(values, 4, 3, first=6)
    assert origins.tolist() == [6, 7, 8, 9]
    for n, t in enumerate(origins):
        assert np.array_equal(past[:, n], values[t - 4 : t]) and np.array_equal(future[:, n], values[t : t + 3])


def test_one_example_is_possible_and_none_is_refused():
    assert series.examples(VALUES, 27, 3).origins.tolist() == [27]
    with pytest.raises(ValueError, match="values has 30 steps; expected at least 31: 28 before the first origin"):
        series.examples(VALUES, 28, 3)
    with pytest.raises(ValueError, match="first is 4; expected at least length=5"):
        series.examples(VALUES, 5, 1, first=4)
    with pytest.raises(ValueError, match="first is -2; expected at least length=5"):
        series.examples(VALUES, 5, 1, first=-2)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1.0, 2.0], r"values has type list; expected an array \(T,\) or \(T, D\)"),
        (np.zeros((2, 3, 4)), r"values has shape \(2, 3, 4\)"),
        (np.zeros(0), r"values has shape \(0,\)"),
        (np.zeros((3, 0)), r"values has shape \(3, 0\)"),
        (np.arange(9), "values has dtype int64; expected floats"),
    ],
)
def test_what_is_no_series_is_refused(values, message):
    for function in (series.fill_forward, series.fit_scaler, lambda v: series.examples(v, 1)):
        with pytest.raises(ValueError, match=message):
            function(values)


# Echo


def test_persistence_is_an_echo_and_does_not_predict_the_change():
    now, before, change = series.echo(VALUES[:-1], VALUES[1:], VALUES[:-1])
    assert before == pytest.approx(1.0, abs=1e-12) and np.isnan(change)
    assert now == pytest.approx(np.corrcoef(VALUES[:-1], VALUES[1:])[0, 1], abs=1e-12)


def test_a_perfect_forecast_is_none():
    now, before, change = series.echo(VALUES[1:], VALUES[1:], VALUES[:-1])
    assert now == pytest.approx(1.0, abs=1e-12) and change == pytest.approx(1.0, abs=1e-12)
    assert before == pytest.approx(np.corrcoef(VALUES[:-1], VALUES[1:])[0, 1], abs=1e-12)


def test_a_forecast_of_the_opposite_change_has_correlation_minus_one():
    actual, before = VALUES[1:], VALUES[:-1]
    assert series.echo(2 * before - actual, actual, before).change == pytest.approx(-1.0, abs=1e-12)


def test_on_a_random_walk_the_correlation_with_now_is_high_for_a_copy():
    """Why `change` is asked at all."""
    walk = np.cumsum(np.random.default_rng(1).normal(size=500))
    blurred = walk[:-1] + 1e-3 * np.random.default_rng(2).normal(size=499)
    now, before, change = series.echo(blurred, walk[1:], walk[:-1])
    assert now > 0.98 and before > now and abs(change) < 0.1


def test_echo_refuses_what_does_not_fit():
    with pytest.raises(ValueError, match=r"actual has shape \(28,\); expected \(N,\), N from 2, equal for all three"):
        series.echo(VALUES[1:], VALUES[2:], VALUES[1:])
    with pytest.raises(ValueError, match=r"forecast has shape \(1, 29\)"):
        series.echo(VALUES[None, 1:], VALUES[1:], VALUES[:-1])
    with pytest.raises(ValueError, match=r"before\[0\] is nan"):
        series.echo(VALUES[1:], VALUES[1:], np.full(29, NAN))
