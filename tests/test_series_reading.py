"""A good file gives its numbers; a bad one an error that names the line and says how to fix it."""

import numpy as np
import pytest

from lstm_helpers import series

GOOD = "month,sales,visitors\n2024-01,3.5,10\n2024-02,4,20\n2024-03,-1e1,30\n"


@pytest.fixture
def write(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "mine.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


def test_a_good_file_gives_its_numbers_and_times(write):
    times, values = series.read_csv(write(GOOD), "sales", time="month")
    assert values.tolist() == [3.5, 4.0, -10.0] and values.dtype == np.float64
    assert times.astype(str).tolist() == ["2024-01-01", "2024-02-01", "2024-03-01"]
    assert series.read_csv(write(GOOD), "visitors").times is None


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + GOOD,  # as spreadsheets write it
        GOOD.replace("\n", "\r\n"),
        GOOD.replace(",", " , "),
        GOOD + "\n  \n,,\n",
        GOOD.replace("sales", '"sales"').replace("3.5", '"3.5"'),
        GOOD.rstrip("\n"),
    ],
    ids=["mark", "windows", "spaces", "blank lines", "quotes", "no last newline"],
)
def test_variants_of_the_file_format_do_not_matter(write, text):
    times, values = series.read_csv(write(text), "sales", time="month")
    assert values.tolist() == [3.5, 4.0, -10.0] and len(times) == 3


def test_another_delimiter(write):
    assert series.read_csv(write(GOOD.replace(",", ";")), "sales", delimiter=";").values.tolist() == [3.5, 4.0, -10.0]


@pytest.mark.parametrize("cell", ["", " ", "NaN", "nan", "NA", "n/a", "null", "-"])
def test_a_gap_is_refused_unless_it_is_allowed(write, cell):
    path = write(f"month,sales\n2024-01,3.5\n2024-02,{cell}\n2024-03,1\n")
    message = r"mine\.csv, line 3: sales is '.*', which is no value; expected a number: try gaps=True"
    with pytest.raises(ValueError, match=message):
        series.read_csv(path, "sales")
    values = series.read_csv(path, "sales", time="month", gaps=True).values
    assert np.isnan(values[1]) and values[[0, 2]].tolist() == [3.5, 1.0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            GOOD.replace("sales", "Sales"),
            "mine.csv has no column 'sales'; its columns are 'month', 'Sales', 'visitors'",
        ),
        (GOOD.replace("visitors", "sales"), "mine.csv has two columns 'sales'"),
        (GOOD.replace(",", ";"), "no column 'sales'; .* are columns separated by ';'\\? try delimiter=';'"),
        ("month;sales\n2024-01;3,5\n", "no column 'sales'; .* try delimiter=';'"),
        (GOOD.replace(",", "\t"), r"try delimiter='\\t'"),
        (GOOD.replace("4,", "four,"), "mine.csv, line 3: sales is 'four'; expected a number"),
        (GOOD.replace("4,", '"4,5",'), "line 3: sales is '4,5'; expected a number: write a decimal point, not a comma"),
        (GOOD.replace("4,", "inf,"), "line 3: sales is 'inf'; expected a number"),
        (GOOD.replace("4,", "1_0,"), "line 3: sales is '1_0'; expected a number"),
        (GOOD.replace("4,20", "4"), "line 3: 2 cells; expected 3, as the first line has names"),
        (GOOD.replace("4,20", "4,5,20"), "line 3: 4 cells; expected 3, as the first line has names"),  # a decimal comma
        (GOOD.replace("4,20", "4,20,"), "line 3: 4 cells; expected 3"),
        (GOOD.replace("-1e1,30", "-1e1,30,,"), "line 4: 5 cells; expected 3"),
        (GOOD.replace("visitors", '"visi\ntors"').replace("4,", "x,"), "line 4: sales is 'x'"),
        (GOOD.replace("10", '"1\n0"').replace("4,", "x,"), "line 4: sales is 'x'"),
        (GOOD.replace("10", '"1\n\n0"').replace("4,20", "4"), "line 5: 2 cells; expected 3"),
        (GOOD.replace("10", '"1\n0"').replace("2024-03", "2024-04"), "line 5: after 2024-02 comes 2024-04"),
        (GOOD.replace("\n2024-02", "\n\n2024-02").replace("4,", "x,"), "line 4: sales is 'x'"),
        ("", "mine.csv has 0 lines; expected one with names and at least one with values"),
        ("month,sales\n", "mine.csv has 1 lines"),
        (GOOD.replace("2024-02", "Feb 24"), "line 3: month is 'Feb 24'; expected a date such as 2024, 2024-03 or"),
        (GOOD.replace("2024-02", "2024-13"), "line 3: month is '2024-13'; expected a date"),
        (GOOD.replace("2024-02", "-202"), "line 3: month is '-202'; expected a date"),
        (GOOD.replace("2024-02", "NaT"), "line 3: month is 'NaT'; expected a date"),
        (GOOD.replace("2024-02", "2024-01"), "line 3: after 2024-01 comes 2024-01; expected a later one: sort"),
        (GOOD.replace("2024-02", "2023-12"), "line 3: after 2024-01 comes 2023-12; expected a later one"),
        (
            GOOD.replace("2024-03", "2024-04"),
            "line 4: after 2024-02 comes 2024-04, 2 months later; expected 1: write a line with an empty value",
        ),
    ],
)
def test_an_error_names_the_line_of_a_bad_file(write, text, message):
    with pytest.raises(ValueError, match=message):
        series.read_csv(write(text), "sales", time="month")


def test_a_column_without_any_number_is_refused(write):
    with pytest.raises(ValueError, match=r"mine\.csv: column 'sales' holds no number at all"):
        series.read_csv(write("month,sales\n2024-01,\n2024-02,NA\n"), "sales", gaps=True)


def test_text_that_is_not_utf8_is_refused(write):
    with pytest.raises(ValueError, match=r"mine\.csv is not text in UTF-8 .*: save it as CSV UTF-8"):
        series.read_csv(write("café,sales\n1,2\n", "latin-1"), "sales")


def test_no_file_is_no_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        series.read_csv(tmp_path / "none.csv", "sales")


def dates(*texts):
    return "day,sales\n" + "".join(f"{text},{k}\n" for k, text in enumerate(texts))


@pytest.mark.parametrize(
    "texts",
    [
        ("2024-02-28", "2024-02-29", "2024-03-01"),
        ("2023-12-25", "2024-01-01", "2024-01-08"),
        ("2024-01-15", "2024-02-15", "2024-03-15"),  # months of unequal lengths
        ("1700", "1701", "1702"),
        ("2020-01", "2020-04", "2020-07"),
        ("2024-01-01",),
    ],
)
def test_days_weeks_months_quarters_and_years_are_equal_steps(write, texts):
    assert len(series.read_csv(write(dates(*texts)), "sales", time="day").values) == len(texts)


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (("2024-01-01", "2024-01-08", "2024-01-22"), "line 4: .*, 14 days later; expected 7: write a line"),
        (("2024-01-01", "2024-01-15", "2024-01-22"), "line 3: .*, 14 days later; expected 7: write a line"),
        (("2024-01-31", "2024-02-29", "2024-03-31"), r"line 4: .*, 31 days later; expected equal steps \(months as"),
        (("1700", "1702", "1703"), "line 3: after 1700 comes 1702, 24 months later; expected 12"),
        (("2024-03-01", "2024-02-01"), "line 3: after 2024-03-01 comes 2024-02-01; expected a later one"),
        (("01.02.2024",), "line 2: day is '01.02.2024'; expected a date"),
        (("2024-02-30",), "line 2: day is '2024-02-30'; expected a date"),
    ],
)
def test_times_that_are_not_equal_steps_are_refused(write, texts, message):
    with pytest.raises(ValueError, match=message):
        series.read_csv(write(dates(*texts)), "sales", time="day")
