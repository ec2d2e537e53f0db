"""The measurements: times of all contenders in turns, and memory, each in a process of its own."""

import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks import cases, contenders
from benchmarks.cases import LSTM, Case
from benchmarks.contenders import OURS, TWO_THREADS, Run
from lstm_helpers.arrays import Array
from lstm_helpers.data.measured.speed_table import Measurement
from lstm_helpers.fused.threads import one_blas_thread
from lstm_helpers.layers import Layer
from lstm_helpers.runtime import in_turns, quartiles, ratios

Say = Callable[[str], None]
PRODUCTS = "matrix products"  # the bound: necessary for any implementation; in NumPy with one BLAS thread
MEMORY_SIZES = (cases.SIZES[2], cases.SIZES[4], cases.SIZES[6])
SLOW = 2e10  # operations from which the reference engine, and a long series of turns, would take minutes


def compare(what: str, kind: str, case: Case, dtype: str, who: Sequence[str], seconds: float) -> list[Measurement]:
    """Time contenders that run the LSTM, and its matrix products alone."""
    calls = {name: contenders.make(name, kind, case, dtype) for name in who}
    return timed(what, case, dtype, LSTM, {**calls, PRODUCTS: cases.products(case, dtype, kind)}, seconds)


def take_turns(calls: Mapping[str, Run], seconds: float) -> dict[str, Array]:
    """Time functions in turns, for about so many seconds in all; give seconds a call, round by round."""
    with one_blas_thread():
        each = sum(float(times[0]) for times in in_turns(calls, rounds=1, shortest=0.0).values())
        rounds = int(np.clip(seconds / max(each, 0.005 * len(calls)), 3, 25))
        return in_turns(calls, rounds=rounds, shortest=0.005, pause=0.002)


def timed(
    what: str, case: Case, dtype: str, layer: object, calls: Mapping[str, Run], seconds: float
) -> list[Measurement]:
    """Time functions in turns for about so many seconds, and compare them with ours."""
    times = take_turns(calls, seconds)
    compared = ratios(times, OURS)
    middle = {name: float(np.median(times[name])) for name in calls}
    return [Measurement(what, dtype, *case, repr(layer), name, middle[name], *compared[name]) for name in calls]


def side_by_side(
    kinds: Sequence[str], dtypes: Sequence[str], sizes: Sequence[Case], seconds: float, say: Say
) -> list[Measurement]:
    """Measure all contenders on all sizes."""
    rows: list[Measurement] = []
    for kind in kinds:
        for dtype in dtypes:
            for case in sizes:
                who = contenders.names(kind, dtype)
                if cases.operations(case, kind) > SLOW:
                    who.remove("through_time")
                found = compare(kind, kind, case, dtype, [name for name in who if name != TWO_THREADS], seconds)
                if TWO_THREADS in who:
                    apart = compare(kind, kind, case, dtype, [OURS, TWO_THREADS], seconds / 3)
                    found += [row for row in apart if row.who == TWO_THREADS]
                rows += found
                say(line(found))
    return rows


def of_layers(
    what: str,
    layers: Sequence[Layer],
    beside: str,
    dtypes: Sequence[str],
    sizes: Sequence[Case],
    seconds: float,
    say: Say,
) -> list[Measurement]:
    """Measure layers against the libraries that have them, and against one of our own LSTMs.

    Forward and backward; and forward alone where ONNX Runtime, which does nothing else, takes part.
    """
    rows: list[Measurement] = []
    for kind in ("forward", "both"):
        for dtype in dtypes:
            for case in sizes:
                for layer in layers:
                    others = contenders.rivals(layer, kind, dtype)
                    if kind == "both" or "ONNX Runtime" in others:
                        who = [OURS, *others, beside]
                        calls = {name: contenders.make(name, kind, case, dtype, layer) for name in who}
                        found = timed(f"{what} {kind}", case, dtype, layer, calls, seconds)
                        rows += found
                        say(f"{line(found)}   {layer!r}")
    return rows


def of_attention(dtypes: Sequence[str], seconds: float, say: Say) -> list[Measurement]:
    """Measure attention, forward and backward."""
    rows: list[Measurement] = []
    for dtype in dtypes:
        for case in cases.FOR_ATTENTION:
            for how in cases.ATTENTIONS:
                found = timed("attention both", case, dtype, how, contenders.attention(how, case, dtype), seconds)
                rows += found
                say(f"{line(found)}   {how!r}")
    return rows


def at_random(dtypes: Sequence[str], count: int, seconds: float, say: Say) -> list[Measurement]:
    """Measure forward and backward on random sizes, against PyTorch with one thread."""
    rows: list[Measurement] = []
    who = [name for name in contenders.names("both", "float32") if name in (OURS, "PyTorch")]
    for dtype in dtypes:
        for case in cases.random_sizes(count):
            rows += compare("random", "both", case, dtype, who, seconds)
        found = [row.ratio for row in rows if row.dtype == dtype and row.who == "PyTorch"]
        if found:
            say(f"random sizes, {dtype}: PyTorch's time / ours {spread(found)}")
    return rows


def against_length(seconds: float, say: Say) -> list[Measurement]:
    """Measure forward and backward at rising T, to check that time is linear in T.

    All lengths take turns, so that a temporary slowdown affects them all.
    """
    sizes = {f"T={T}": cases.FOR_LENGTHS._replace(T=T) for T in cases.LENGTHS}
    times = take_turns({name: contenders.make(OURS, "both", case, "float32") for name, case in sizes.items()}, seconds)
    middle = {name: float(np.median(times[name])) for name in sizes}
    rows = [
        Measurement("length", "float32", *case, repr(LSTM), OURS, middle[name], 1.0, 1.0, 1.0)
        for name, case in sizes.items()
    ]
    slope, start, r2 = straight_line([row.T for row in rows], [row.value for row in rows])
    say(f"time against T: {1e6 * slope:.1f} µs a step and {1e6 * start:.0f} µs besides, R² = {r2:.4f}")
    return rows


def memory(sizes: Sequence[Case], say: Say) -> list[Measurement]:
    """Measure the most memory that a run needs, each in a new process; none where the system does not report it."""
    rows: list[Measurement] = []
    for case in sizes:
        for kind in ("forward", "both"):
            found: dict[str, float] = {}
            for name in contenders.names(kind, "float32"):
                words = ["-m", "benchmarks.memory", name, kind, "float32", *map(str, case)]
                answer = subprocess.run(
                    [sys.executable, *words], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1]
                )
                if answer.stdout.strip():
                    found[name] = float(answer.stdout)
            for name, size in found.items():
                ratio = size / max(found[OURS], 1.0)
                values = (size, ratio, ratio, ratio)
                rows.append(Measurement(f"memory {kind}", "float32", *case, repr(LSTM), name, *values))
            say(f"memory {kind} {case}: " + ", ".join(f"{name} {size / 2**20:.1f} MB" for name, size in found.items()))
    return rows


def line(rows: Sequence[Measurement]) -> str:
    """Summarise the results of a case in one line."""
    first = rows[0]
    parts = [f"{row.who} {row.ratio:.2f}" for row in rows if row.who not in (OURS, PRODUCTS)]
    parts += [f"bound reached {row.ratio:.0%}" for row in rows if row.who == PRODUCTS]
    own = next(row.value for row in rows if row.who == OURS)
    return f"{first.what:8s} {first.dtype} {Case(*first.size)!s:20s} {1e3 * own:9.2f} ms   {', '.join(parts)}"


def spread(values: Sequence[float]) -> str:
    """Say where some ratios lie: the least, the quartiles, the greatest."""
    q = quartiles(values)
    return f"{min(values):.2f} | {q.low:.2f} {q.median:.2f} {q.high:.2f} | {max(values):.2f}"


def straight_line(x: Sequence[float], y: Sequence[float]) -> tuple[float, float, float]:
    """Fit y = slope x + start by least squares; give slope, start and R², the fraction of y's variance explained."""
    slope, start = np.polyfit(x, y, 1)
    rest = np.asarray(y) - (slope * np.asarray(x) + start)
    return float(slope), float(start), float(1 - np.var(rest) / np.var(y))
