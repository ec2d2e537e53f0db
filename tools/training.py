"""Training for the tables and networks that the book ships, with a record of seeds and minutes."""

import time
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from typing import Any

import lstm_helpers
from lstm_helpers import arrays, training

PACKAGE = Path(lstm_helpers.__file__).parent
START = time.perf_counter()


def train(
    model: Any,
    params: Any,
    batches: Callable[[int], Any],
    loss: Any,
    optimizer: Any,
    steps: int,
    *,
    each: Callable[[training.Progress], object] | None = None,
    **options: Any,
) -> training.Progress:
    """Train as the package's ``train``, without a bar; ``each`` sees the Progress after every step.

    An interrupt is passed on, since an incomplete training must not enter a table.
    """
    if each is None:
        progress = training.train(model, params, batches, loss, optimizer, steps, bar=False, **options)
    else:
        progress = options.get("resume")
        missing = steps - (progress.step if progress else 0)
        for progress in islice(training.fit(model, params, batches, loss, optimizer, **options), missing):
            each(progress)
    if progress is None or progress.step < steps:
        raise KeyboardInterrupt
    return progress


def store(name: str, tree: Any, seeds: Iterable[int] = (0,)) -> None:
    """Write an array or a tree of arrays into a file of the package, and say its seeds, minutes and size."""
    file = PACKAGE / name
    arrays.save(file, tree)
    minutes = (time.perf_counter() - START) / 60
    told = ", ".join(map(str, seeds))
    print(f"{name}: seeds {told}; {minutes:.1f} minutes so far; {file.stat().st_size / 1e3:.0f} kB", flush=True)
