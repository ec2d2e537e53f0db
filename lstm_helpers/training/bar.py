"""A progress bar that only appends to its line: live while it runs, and the same text in every run.

    500 steps: 0...10...20...30...40...50...60...70...80...90...100 %

It prints no times and overwrites nothing, so that a stored page shows one line that does not change.
"""

import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from lstm_helpers.arrays import check_size

ItemT = TypeVar("ItemT")

_MARKS = (*(mark for tens in range(0, 100, 10) for mark in (str(tens), ".", ".", ".")), "100")


def progress_bar(items: Iterable[ItemT], total: int, *, shown: bool = True) -> Iterator[ItemT]:
    """Yield the first ``total`` items, and show the progress.

    Parameters
    ----------
    items : iterable
        Such as the iterator that ``fit`` returns, which has no end.
    total : int
        The number of items.
    shown : bool
        False never prints a bar.

    Yields
    ------
    item
        The same items. The bar is printed in a notebook and in a terminal; if output goes to a file or a pipe, nothing
        is printed.
    """
    check_size("total", total)
    return _show(iter(items), total) if shown and _someone_is_looking() else islice(items, total)


def _show(items: Iterator[ItemT], total: int) -> Iterator[ItemT]:
    done, shown = 0, 1
    _write(f"{total} steps: {_MARKS[0]}")
    try:
        for item in islice(items, total):
            done += 1
            due = 1 + (len(_MARKS) - 1) * done // total
            _write("".join(_MARKS[shown:due]))
            shown = due
            yield item
    finally:  # also if the loop was left early, or an error occurred
        _write(" %\n" if done == total else f" stopped after {done} steps\n")


def _write(text: str) -> None:
    if text:
        sys.stdout.write(text)
        sys.stdout.flush()


def _someone_is_looking() -> bool:
    ipython = sys.modules.get("IPython")
    in_notebook = ipython is not None and getattr(ipython.get_ipython(), "kernel", None) is not None
    return in_notebook or sys.stdout.isatty()
