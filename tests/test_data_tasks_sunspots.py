"""The series is the one its note describes."""

from importlib import resources

import numpy as np

from lstm_helpers.data.tasks import sunspots


def test_years_run_from_1700_to_2008_without_a_gap():
    series = sunspots.load()
    assert np.array_equal(series.years, np.arange(1700.0, 2009.0))
    assert series.numbers.shape == (309,)
    assert series.years.dtype == series.numbers.dtype == np.float64
    assert np.isfinite(series.numbers).all()


def test_known_values():
    series = sunspots.load()
    number = dict(zip(series.years, series.numbers, strict=True))
    assert (number[1700], number[1778], number[1816], number[1947], number[2008]) == (5.0, 154.4, 45.8, 151.6, 2.9)
    assert series.years[series.numbers.argmax()] == 1957 and series.numbers.max() == 190.2
    assert list(series.years[series.numbers == 0]) == [1711, 1712, 1810]
    assert abs(series.numbers.sum() - 15373.4) < 1e-9


def test_the_cycle_is_about_eleven_years_long():
    numbers = sunspots.load().numbers
    spectrum = np.abs(np.fft.rfft(numbers - numbers.mean())) ** 2
    period = len(numbers) / (1 + spectrum[1:].argmax())
    assert 10.5 < period < 11.5


def test_one_caller_cannot_change_what_another_gets():
    first = sunspots.load()
    first.numbers[:] = -1.0
    assert sunspots.load().numbers[0] == 5.0


def test_origin_and_licence_ship_with_the_numbers():
    note = resources.files("lstm_helpers.data").joinpath("sources", "sunspots.md").read_text(encoding="utf-8")
    for word in ("version 1", "Public domain", "SIDC", "NOAA", "statsmodels"):
        assert word in note
