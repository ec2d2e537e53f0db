"""The table that ``make bench`` writes: times of this package and of other libraries, on one machine, in one run.

A text file with one line for each measurement, after lines with # that describe the machine.
"""

import csv
import os
from pathlib import Path
from typing import NamedTuple

from lstm_helpers.data import shipped


class Measurement(NamedTuple):
    """One contender on one case."""

    # forward, both (forward and backward), step (of training), random, length, and cells, wirings or attention with one
    # of the first two: seconds; memory with one of the first two: bytes
    what: str
    dtype: str
    T: int
    B: int
    D: int
    H: int
    layer: str  # the repr of the layer that was run, Recurrent(lstm) by default
    who: str
    value: float  # seconds or bytes of one run, the median
    low: float  # value / ours, turn by turn: the lower quartile
    ratio: float  # the median: above 1, we are faster or smaller
    high: float  # the upper quartile

    @property
    def size(self) -> tuple[int, int, int, int]:
        """The case: (T, B, D, H)."""
        return self.T, self.B, self.D, self.H


class Speed(NamedTuple):
    """A whole run."""

    machine: str  # processor, cores, system and versions
    rows: tuple[Measurement, ...]

    def __repr__(self) -> str:
        return f"Speed({len(self.rows)} measurements on {self.machine})"

    def select(self, **wanted: object) -> tuple[Measurement, ...]:
        """Give the rows whose fields, or ``size``, have the wanted values, in their order."""
        return tuple(row for row in self.rows if all(getattr(row, name) == value for name, value in wanted.items()))


def speed(path: str | os.PathLike[str] | None = None) -> Speed:
    """Load a table of speed.

    Parameters
    ----------
    path : path, optional
        A file that ``make bench`` wrote, for example on your machine. By default the table shipped with the book.

    Raises
    ------
    ValueError
        If the file is not such a table.
    """
    if path is None:
        with shipped.file("measured/speed.csv") as path:
            return speed(path)
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    machine = " ".join(line[1:].strip() for line in lines if line.startswith("#"))
    table = list(csv.reader(line for line in lines if line and not line.startswith("#")))
    if not table or tuple(table[0]) != Measurement._fields:
        raise ValueError(f"{path} does not begin with {','.join(Measurement._fields)}: was it written by make bench?")
    return Speed(machine, tuple(_parse(row) for row in table[1:]))


def write_speed(path: str | os.PathLike[str], table: Speed) -> None:
    """Write a table that ``speed`` can read, with at most seven digits for a number."""
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write(f"# {table.machine}\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(Measurement._fields)
        for row in table.rows:
            writer.writerow([f"{field:.7g}" if isinstance(field, float) else field for field in row])


def _parse(row: list[str]) -> Measurement:
    if len(row) != len(Measurement._fields):
        raise ValueError(f"a line has {len(row)} fields; expected {len(Measurement._fields)}: {','.join(row)}")
    what, dtype, *sizes, layer, who = row[:8]
    T, B, D, H = map(int, sizes)
    return Measurement(what, dtype, T, B, D, H, layer, who, *map(float, row[8:]))
