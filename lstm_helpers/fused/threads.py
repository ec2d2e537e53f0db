"""How many processors a run uses, so that the answer rests on shapes alone and nothing outside is changed.

A step's product is too small to be worth sharing: waking a second BLAS thread costs more than it saves, and many
times more if another job holds its core.
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
    """What BLAS was set to before the first of the runs that now overlap, to be put back by the last of them."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.runs = 0
        self.before: Sequence[tuple[Any, int]] = ()  # libraries that had another number

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


_LIMIT = _Limit()  # one, for BLAS is one


def one_blas_thread() -> AbstractContextManager[None]:
    """Let BLAS use one thread inside, and what it used before again afterwards, whatever happens inside.

    A BLAS that cannot be told (Apple's Accelerate) does as it likes.
    """
    return _LIMIT
