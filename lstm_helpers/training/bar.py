"""A progress bar that only ever adds to its line: live while it runs, and the same text whenever it runs again.

    500 steps: 0...10...20...30...40...50...60...70...80...90...100 %

There is no time in it and nothing is overwritten, so that a stored page shows one line that does not change.
"""

import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from lstm_helpers.arrays import check_size

ItemT = TypeVar("ItemT")

_MARKS = (*(mark for tens in range(0, 100, 10) for mark in (str(tens), ".", ".", ".")), "100")


def progress_bar(items: Iterable[ItemT], total: int, *, shown: bool = True) -> Iterator[ItemT]:
    """Pass on the first ``total`` items, and show how far that is.

    Parameters
    ----------
    items : iterable
        Such as what ``fit`` returns, which by itself has no end.
    total : int
        After how many items to stop.
    shown : bool
        False to write nothing in any case.

    Yields
    ------
    item
        The same items. The bar is shown in a notebook and in a terminal; where output goes to a file or a pipe
        nothing is written.
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
    finally:  # also when the loop around it was left, or an error came through
        _write(" %\n" if done == total else f" stopped after {done} steps\n")


def _write(text: str) -> None:
    if text:
        sys.stdout.write(text)
        sys.stdout.flush()


def _someone_is_looking() -> bool:
    ipython = sys.modules.get("IPython")
    in_notebook = ipython is not None and getattr(ipython.get_ipython(), "kernel", None) is not None
    return in_notebook or sys.stdout.isatty()
