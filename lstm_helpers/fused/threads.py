"""How many threads BLAS uses in a run, so that results depend on shapes alone and no outside setting is changed.

The product of one step is too small to be split: waking a second BLAS thread costs more than it saves, and many times
more if another process uses its core.
"""

import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager
from functools import cache
from typing import Any

from threadpoolctl import ThreadpoolController


@cache
def _controller() -> ThreadpoolController:
    """Find the loaded BLAS libraries; once, since the search takes longer than a short run."""
    return ThreadpoolController().select(user_api="blas")


class _Limit:
    """The BLAS setting from before the first of several overlapping runs; the last of them restores it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.runs = 0
        self.before: Sequence[tuple[Any, int]] = ()  # libraries that used another number of threads

    def __enter__(self) -> None:
        with self.lock:
            if self.runs == 0:
                counts = [(library, library.num_threads) for library in _controller().lib_controllers]
                self.before = [(library, count) for library, count in counts if count != 1]
                for library, _ in self.before:
                    library.set_num_threads(1)
            self.runs += 1

    def __exit__(self, *_: object) -> None:
        with self.lock:
            self.runs -= 1
            if self.runs == 0:
                for library, count in self.before:
                    library.set_num_threads(count)


_LIMIT = _Limit()  # a single one, since there is a single BLAS


def one_blas_thread() -> AbstractContextManager[None]:
    """Let BLAS use one thread inside the context, and restore its setting afterwards, even after an error.

    A BLAS without such a setting (Apple's Accelerate) is left as it is.
    """
    return _LIMIT
