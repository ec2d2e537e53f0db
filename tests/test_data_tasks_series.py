"""El Niño and CO2 are the series their notes describe."""

from importlib import resources

import numpy as np
import pytest

from lstm_helpers.data.tasks import co2, elnino


def test_el_ninos_months_run_from_1950_to_2010_without_a_gap():
    months, temperature = elnino.load()
    expected = np.arange("1950-01", "2011-01", dtype="datetime64[M]")
    assert np.array_equal(months.astype("datetime64[M]"), expected) and len(temperature) == 732
    assert np.isfinite(temperature).all() and temperature.dtype == np.float64


def test_known_temperatures():
    months, temperature = elnino.load()
    assert (temperature[0], temperature[-1]) == (23.11, 22.07)
    assert str(months[temperature.argmax()])[:7] == "1998-03" and temperature.max() == 29.24
    assert str(months[temperature.argmin()])[:7] == "1954-09" and temperature.min() == 18.95
    assert abs(temperature.sum() - 16903.8) < 1e-6


def test_the_great_el_ninos_are_the_largest_anomalies():
    months, temperature = elnino.load()
    anomaly = temperature - np.resize(elnino.monthly_means(temperature), 732)
    top = {str(months[k])[:4] for k in np.argsort(anomaly)[-20:]}
    assert top == {"1982", "1983", "1997", "1998"}


def test_monthly_means_are_those_of_each_month_even_of_an_incomplete_year():
    values = np.array([*range(12), *range(100, 105)], dtype=float)
    assert elnino.monthly_means(values).tolist() == [50.0, 51.0, 52.0, 53.0, 54.0, *range(5, 12)]
    with pytest.raises(ValueError, match=r"train has shape \(11,\); expected \(T,\), beginning in January"):
        elnino.monthly_means(values[:11])


def test_co2s_weeks_are_saturdays_without_a_gap_and_59_were_not_measured():
    weeks, ppm = co2.load()
    assert (str(weeks[0]), str(weeks[-1]), len(weeks)) == ("1958-03-29", "2001-12-29", 2284)
    assert np.all(np.diff(weeks) == np.timedelta64(7, "D")) and weeks[0].astype(int) % 7 == 2  # 1970-01-01: Thursday
    assert np.isnan(ppm).sum() == 59 and ppm.dtype == np.float64


def test_known_concentrations():
    weeks, ppm = co2.load()
    at = dict(zip(weeks.astype(str), ppm, strict=True))
    assert (at["1958-03-29"], at["1984-04-21"], at["2001-12-29"]) == pytest.approx((316.1, np.nan, 371.5), nan_ok=True)
    assert abs(np.nansum(ppm) - 756816.5) < 1e-6 and (np.nanmin(ppm), np.nanmax(ppm)) == (313.0, 373.9)


def test_the_longest_gap_is_the_one_the_note_names():
    gaps = np.isnan(co2.load().ppm)
    lengths = [len(run) for run in "".join("x" if gap else " " for gap in gaps).split()]
    assert max(lengths) == 18 and sum(lengths) == 59


@pytest.mark.parametrize(
    ("load", "first"), [(lambda: elnino.load().temperature, 23.11), (lambda: co2.load().ppm, 316.1)]
)
def test_one_caller_cannot_change_what_another_gets(load, first):
    load()[:] = -1.0
    assert load()[0] == first


@pytest.mark.parametrize("name", ["elnino", "co2"])
def test_origin_and_licence_ship_with_the_numbers(name):
    note = resources.files("lstm_helpers.data").joinpath("sources", f"{name}.md").read_text(encoding="utf-8")
    for word in ("Public domain", "Origin", "statsmodels 0.15.0", "make_series.py"):
        assert word in note
