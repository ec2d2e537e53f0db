"""A run of the LSTM as data for the browser: checks, and the bytes that are sent."""

from __future__ import annotations

import numbers
from collections.abc import Sequence
from typing import Any

import numpy as np

from lstm_helpers.through_time import Trace
from lstm_helpers.widgets.base import as_bytes

FIELDS = ("i", "f", "g", "o", "c", "h")


def numbers_of(trace: Trace, sequence: int) -> dict[str, bytes]:
    """Give one sequence of a trace as little-endian float64 bytes, unrounded: (T,H) fields, (T,D) x, (T,) mask."""
    fields = {name: getattr(trace, name)[:, sequence] for name in (*FIELDS, "x")}
    starts = {"start_c": trace.start.c[sequence], "start_h": trace.start.h[sequence]}
    mask = np.ones(len(trace.c)) if trace.mask is None else trace.mask[:, sequence]
    return {name: as_bytes(values) for name, values in {**fields, **starts, "mask": mask}.items()}


def axis_labels(labels: Sequence[object] | None) -> list[Any] | None:
    """Keep equally spaced increasing numbers, such as years, as numbers of a time axis; convert others to words."""
    if labels is None:
        return None
    if all(isinstance(label, numbers.Real) for label in labels):
        gaps = np.diff(np.asarray(labels, dtype=float))
        if np.all(gaps > 0) and np.allclose(gaps, gaps[:1]):
            return list(labels)
    return [str(label) for label in labels]


def check_trace(trace: Trace, labels: Sequence[object] | None, sequence: int) -> None:
    """Refuse anything but an LSTM's trace with at least one step, and a sequence or labels that do not fit."""
    missing = [name for name in (*FIELDS, "x", "start", "mask") if not hasattr(trace, name)]
    if missing:
        raise ValueError(
            f"trace has no {', '.join(missing)}; expected a trace of the LSTM: "
            "pass the result of unroll(lstm, params, xs)"
        )
    steps, batch_size, _ = trace.c.shape
    if steps == 0:
        raise ValueError("trace has 0 steps; expected at least 1")
    if not np.isrealobj(trace.c):
        raise ValueError(f"trace is {trace.c.dtype}; expected real numbers: unroll with float parameters")
    if not 0 <= sequence < batch_size:
        raise ValueError(f"sequence is {sequence}; expected 0 to {batch_size - 1}: the trace has {batch_size}")
    if labels is not None and len(labels) != steps:
        raise ValueError(f"labels has {len(labels)} entries; expected {steps}, one for each step of the trace")
