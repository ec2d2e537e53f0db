"""Timing that can be trusted: side by side, many times, and as ratios.

The speed of a machine varies: the processor changes its clock rate, and other programs use it. So all calls that are
compared run in turns, round after round, and the two times of one round are compared:

    ratio_r = theirs_r / ours_r                  above 1: ours is faster

The median over rounds is robust against single bad rounds, and the quartiles show its uncertainty.
"""

import gc
import time
import tracemalloc
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from lstm_helpers.arrays import Array, check_size


class Quartiles(NamedTuple):
    """The median of some numbers, and the range of the middle half."""

    low: float
    median: float
    high: float


def quartiles(values: ArrayLike) -> Quartiles:
    """Give the three numbers that cut the sorted values into four equal parts."""
    values = np.asarray(values, dtype=float)
    if values.ndim != 1 or not values.size or not np.isfinite(values).all():
        raise ValueError(f"values is {values!r}; expected a list of finite numbers, at least one")
    return Quartiles(*(float(value) for value in np.percentile(values, (25, 50, 75))))


def in_turns(
    calls: Mapping[str, Callable[[], object]],
    *,
    rounds: int = 15,
    shortest: float = 0.002,
    pause: float = 0.0,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, Array]:
    """Time functions in turns.

    Parameters
    ----------
    calls : mapping of name to function
        The functions to time; each is called without arguments, and once before timing to warm up.
    rounds : int
        The number of turns of each function. Every round starts with a different function.
    shortest : float
        Seconds. A faster function is repeated within its turn until about that much time has passed.
    pause : float
        Seconds of rest before each turn: the threads of some libraries keep waiting for work after a call.
    clock : function
        Gives the time in seconds.

    Returns
    -------
    dict of name to array (rounds,)
        Seconds for one call, round by round.

    Raises
    ------
    ValueError
        If there is nothing to run, or ``rounds`` is no whole number from 1.
    """
    if not calls:
        raise ValueError("calls is empty; expected at least one function to time")
    check_size("rounds", rounds)
    names = list(calls)
    repeats = {name: _repeats(calls[name], shortest, clock) for name in names}
    seconds: dict[str, list[float]] = {name: [] for name in names}
    collecting = gc.isenabled()
    gc.disable()  # it would run during an arbitrary turn
    try:
        for turn in range(rounds):
            for k in range(len(names)):
                name = names[(k + turn) % len(names)]
                if pause:
                    time.sleep(pause)
                seconds[name].append(_time(calls[name], repeats[name], clock))
    finally:
        if collecting:
            gc.enable()
    return {name: np.array(each) for name, each in seconds.items()}


def ratios(seconds: Mapping[str, ArrayLike], ours: str) -> dict[str, Quartiles]:
    """Compare times from ``in_turns``, round by round, with those of one of them: theirs / ours.

    Raises
    ------
    ValueError
        If ``ours`` is none of the names.
    """
    if ours not in seconds:
        raise ValueError(f"ours is {ours!r}; expected one of {', '.join(map(repr, seconds))}")
    own = np.asarray(seconds[ours])
    return {name: quartiles(np.asarray(each) / own) for name, each in seconds.items()}


def peak_memory(call: Callable[[], object]) -> int:
    """Give the most bytes that Python and NumPy held at one time during a call, beyond those held before it.

    The result of the call counts too. Memory that other libraries allocate themselves is not counted.
    """
    running = tracemalloc.is_tracing()
    if not running:
        tracemalloc.start()
    try:
        gc.collect()
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        call()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        if not running:
            tracemalloc.stop()


def _repeats(call: Callable[[], object], shortest: float, clock: Callable[[], float]) -> int:
    """Find how many calls fill the shortest time that is worth measuring."""
    call()
    once = _time(call, 1, clock)
    return max(1, int(np.ceil(shortest / once))) if once > 0 else 1000


def _time(call: Callable[[], object], repeats: int, clock: Callable[[], float]) -> float:
    start = clock()
    for _ in range(repeats):
        call()
    return (clock() - start) / repeats
