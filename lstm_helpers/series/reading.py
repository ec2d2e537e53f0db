"""Read a series from a CSV file, with errors that name the line of a bad entry.

The first line names the columns. Times are 2024, 2024-03 or 2024-03-17, one line for each, equally spaced.
"""

import csv
import os
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from lstm_helpers.arrays import Array

_MISSING = {"", "nan", "na", "n/a", "null", "none", "-", "."}


class Series(NamedTuple):
    """Values and their times."""

    times: Array | None  # (T,) datetime64 of days; None without a column of times
    values: Array  # (T,) float64; NaN where nothing was measured


def read_csv(
    path: str | os.PathLike[str], column: str, time: str | None = None, *, gaps: bool = False, delimiter: str = ","
) -> Series:
    """Read one column of a CSV file, and its times.

    Parameters
    ----------
    path : path
        A text file in UTF-8 whose first line names the columns.
    column : str
        The name of the column of values.
    time : str, optional
        The name of the column of times. They are checked to be increasing and equally spaced in days or in months, so
        that a missing time is found.
    gaps : bool
        Whether a value may be missing (an empty cell, NaN, NA …); it is then NaN, see ``fill_forward``.
    delimiter : str
        The character between columns.

    Returns
    -------
    Series

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file has an error; the message names the line.
    """
    names, lines = _rows(path, delimiter)
    place = _place(path, names, column, delimiter)
    for line, cells in lines:
        if len(cells) != len(names):
            raise ValueError(
                f"{_name(path)}, line {line}: {len(cells)} cells; expected {len(names)}, as the first line has names"
            )
    values = np.array([_number(path, line, column, cells[place], gaps) for line, cells in lines])
    if np.isnan(values).all():
        raise ValueError(f"{_name(path)}: column {column!r} holds no number at all")
    if time is None:
        return Series(None, values)
    place = _place(path, names, time, delimiter)
    times = np.array([_date(path, line, time, cells[place]) for line, cells in lines])
    _check_steps(path, [line for line, _ in lines], [cells[place].strip() for _, cells in lines], times)
    return Series(times, values)


def _rows(path: str | os.PathLike[str], delimiter: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Give the names, and every line that is not blank with its number in the file."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig")  # spreadsheets write a byte order mark
    except UnicodeDecodeError as error:
        raise ValueError(f"{_name(path)} is not text in UTF-8 ({error.reason}): save it as CSV UTF-8") from error
    reader = csv.reader(text.splitlines(), delimiter=delimiter)
    rows = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    if len(rows) < 2:
        raise ValueError(f"{_name(path)} has {len(rows)} lines; expected one with names and at least one with values")
    return [cell.strip() for cell in rows[0][1]], rows[1:]


def _place(path: str | os.PathLike[str], names: list[str], wanted: str, delimiter: str) -> int:
    if names.count(wanted) == 1:
        return names.index(wanted)
    other = next((mark for mark in ";\t|" if mark != delimiter and mark in names[0]), "")
    hint = f": are columns separated by {other!r}? try delimiter={other!r}" if len(names) == 1 and other else ""
    found = "two columns" if wanted in names else "no column"
    raise ValueError(f"{_name(path)} has {found} {wanted!r}; its columns are {', '.join(map(repr, names))}{hint}")


def _number(path: str | os.PathLike[str], line: int, column: str, cell: str, gaps: bool) -> float:
    text = cell.strip()
    if text.lower() in _MISSING:
        if gaps:
            return float("nan")
        raise ValueError(
            f"{_name(path)}, line {line}: {column} is {text!r}, which is no value; expected a number: "
            "try gaps=True, and then series.fill_forward"
        )
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not np.isfinite(value) or "_" in text:
        hint = ": write a decimal point, not a comma" if text.count(",") == 1 else ""
        raise ValueError(f"{_name(path)}, line {line}: {column} is {text!r}; expected a number{hint}")
    return value


def _date(path: str | os.PathLike[str], line: int, column: str, cell: str) -> np.datetime64:
    text = cell.strip()
    try:
        if len(text) not in (4, 7, 10) or not text[:4].isdigit():
            raise ValueError(text)
        return np.datetime64(text, "D")
    except ValueError:
        raise ValueError(
            f"{_name(path)}, line {line}: {column} is {text!r}; expected a date such as 2024, 2024-03 or 2024-03-17"
        ) from None


def _check_steps(path: str | os.PathLike[str], lines: list[int], texts: list[str], times: Array) -> None:
    """Refuse times that repeat, decrease or leave a gap; steps are in months if the day is always the same."""
    months = times.astype("datetime64[M]")
    by_month = len(set((times - months).tolist())) == 1
    steps = np.diff(months if by_month else times).astype(np.int64)  # int has 32 bits in a browser
    unit = "months" if by_month else "days"
    usual = steps[steps > 0].min(initial=2**31)
    for k, ((before, after), step) in enumerate(zip(pairwise(texts), steps, strict=True), start=1):
        where = f"{_name(path)}, line {lines[k]}: after {before} comes {after}"
        if step <= 0:
            raise ValueError(f"{where}; expected a later one: sort the lines, and keep one for each time")
        if step % usual:
            raise ValueError(f"{where}, {step} {unit} later; expected equal steps (months as 2024-03, without a day)")
        if step != usual:
            raise ValueError(
                f"{where}, {step} {unit} later; expected {usual}: write a line with an empty value for each time that "
                "is missing, and try gaps=True"
            )


def _name(path: str | os.PathLike[str]) -> str:
    return Path(path).name
