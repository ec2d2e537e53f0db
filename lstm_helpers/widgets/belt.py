"""The conveyor belt with its gates held still: the numbers behind `GateSliders`, so that what it draws can be checked.

The cell's own two lines (Gers, Schmidhuber and Cummins, 2000), one unit, gates chosen by hand:
    c_t = f c_{t-1} + i g,    h_t = o tanh(c_t),    c_0 = 0.
With one f < 1 and one load i g at every step, c_t = (1 - f^t) i g / (1 - f): it tends to i g / (1 - f).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from lstm_helpers.arrays import Array

FEEDS = ("once", "always")


class Belt(NamedTuple):
    """What lies on the belt after each step; `kept` and `added` sum to `c`."""

    c: Array  # (steps,)
    h: Array  # (steps,)
    kept: Array  # (steps,)  f c_{t-1}
    added: Array  # (steps,)  i g


def belt(f: ArrayLike, i: ArrayLike, g: ArrayLike, o: ArrayLike, steps: int = 20, *, feed: str = "always") -> Belt:
    """Run the belt from c_0 = 0 for `steps` steps.

    Parameters
    ----------
    f, i, g, o : float or (steps,) array
        Forget gate, input gate, candidate, output gate: one number for all steps, or one a step.
    steps : int
        How many steps, at least 1.
    feed : {"always", "once"}
        "once" shuts the input gate after the first step, so that only forgetting is left.

    Raises
    ------
    ValueError
        If a gate is outside 0..1, the candidate outside -1..1, or a shape, `steps` or `feed` is not one of the above.
    """
    if steps < 1:
        raise ValueError(f"steps is {steps}; expected a whole number, 1 or more: one step is the shortest run")
    if feed not in FEEDS:
        raise ValueError(f"feed is {feed!r}; expected one of {', '.join(map(repr, FEEDS))}")
    keep, let_in, show = (_per_step(name, value, steps, 0.0) for name, value in (("f", f), ("i", i), ("o", o)))
    load = let_in * _per_step("g", g, steps, -1.0)
    if feed == "once":
        load[1:] = 0.0
    c, kept = np.zeros(steps), np.zeros(steps)
    before = 0.0
    for t in range(steps):
        kept[t] = keep[t] * before
        before = c[t] = kept[t] + load[t]
    return Belt(c, show * np.tanh(c), kept, load)


def limit(f: float, i: float, g: float) -> float:
    """Give the level that the belt tends to when i g is added at every step: i g / (1 - f), infinite for f = 1.

    Raises
    ------
    ValueError
        If a gate is outside 0..1 or the candidate outside -1..1.
    """
    load = float(_per_step("i", i, 1, 0.0)[0] * _per_step("g", g, 1, -1.0)[0])
    lost = 1.0 - float(_per_step("f", f, 1, 0.0)[0])
    if load == 0.0:
        return 0.0
    return load / lost if lost > 0.0 else float(np.copysign(np.inf, load))


def _per_step(name: str, value: ArrayLike, steps: int, low: float) -> Array:
    """Spread a number over the steps, and refuse what no sigmoid or tanh could have given."""
    values = np.asarray(value, dtype=np.float64)
    if values.shape not in ((), (steps,)):
        raise ValueError(f"{name} has shape {values.shape}; expected one number, or one a step: shape ({steps},)")
    if not np.all((low <= values) & (values <= 1.0)):
        kind = "a gate" if low == 0.0 else "the candidate"
        raise ValueError(f"{name} has a value outside {low:g}..1; {kind} lies within it: pass {low:g} to 1")
    return np.array(np.broadcast_to(values, (steps,)))
