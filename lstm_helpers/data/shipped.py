"""Read a file that ships with the package: one way for all of them, and one message where a file is missing or broken.

Names are paths inside ``lstm_helpers/data``, such as ``measured/latch.npz``.
"""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

import numpy as np

from lstm_helpers import arrays, series
from lstm_helpers.arrays import Array, TreeT

FOLDER = resources.files("lstm_helpers.data")
FIX = "install lstm_helpers again, or in a clone run `git checkout lstm_helpers/data`"


@contextmanager
def file(name: str) -> Iterator[Path]:
    """Give the path of a shipped file, and say of any fault in it which file it is and how to fix it.

    Raises
    ------
    FileNotFoundError
        If the file is missing.
    ValueError
        If whoever reads it inside the ``with`` finds it damaged, or not what was expected.
    """
    if not FOLDER.joinpath(name).is_file():
        raise FileNotFoundError(f"lstm_helpers/data/{name} is missing, but ships with the package: {FIX}")
    with resources.as_file(FOLDER.joinpath(name)) as path:
        try:
            yield path
        except (ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
            fault = f"it has no {error}" if isinstance(error, KeyError) else error
            raise ValueError(f"lstm_helpers/data/{name} is not as it was shipped: {fault}; {FIX}") from error


def tree(name: str, like: TreeT) -> TreeT:
    """Load a tree of arrays that has the structure, shapes and dtypes of ``like``."""
    with file(name) as path:
        return arrays.load(path, like)


@contextmanager
def named(name: str) -> Iterator[dict[str, Array]]:
    """Give the arrays of an archive by their names, read-only; whoever misses one inside the ``with`` is told."""
    with file(name) as path:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as archive:
            found = {key: archive[key] for key in archive.files}
        for array in found.values():
            array.flags.writeable = False
        yield found


def text(name: str) -> str:
    """Read a text."""
    with file(name) as path:
        return path.read_text(encoding="utf-8")


def measurements(name: str, column: str, count: int, *, time: str | None = None, gaps: bool = False) -> series.Series:
    """Read ``count`` values of a column of a CSV file, and their times, if ``time`` names that column."""
    with file(name) as path:
        found = series.read_csv(path, column, time, gaps=gaps)
        if len(found.values) != count:
            raise ValueError(f"column {column!r} has {len(found.values)} values; expected {count}")
    return found
