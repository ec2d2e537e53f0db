"""Interventions on gates and units: run a sequence again with some of them clamped to given values.

Where a gate is clamped, the given value replaces the one that the weights give; the cell computes everything else:

    c_t = f_t ⊙ c_{t-1} + i_t ⊙ g_t,    h_t = o_t ⊙ tanh(c_t)

h_t enters every unit's gates at the next step, so all later steps are computed anew. This is an experiment, not an
observation: setting a value removes the influence of its causes (an intervention: Pearl, 2009).
"""

import math
import numbers
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from lstm_helpers.activations import tanh
from lstm_helpers.arrays import BD, BH, Array, Params, State, Step, stack
from lstm_helpers.cells import lstm
from lstm_helpers.cells.base import Cell
from lstm_helpers.through_time import Trace, unroll

LOWEST = {"i": 0.0, "f": 0.0, "g": -1.0, "o": 0.0}  # what can be clamped, and its least value; the greatest is 1

FEEDS = ("once", "always")  # when ``apply_gates`` opens the input gate

ClampedGates = Mapping[tuple[int, str, int], float]  # (step, gate, unit) -> value


def clamp_gates(params: lstm.Params, trace: Trace, held: ClampedGates) -> Trace:
    """Run an LSTM over the inputs of a trace again, with some gates clamped to given values.

    Parameters
    ----------
    params : Params
        The weights that computed the trace.
    trace : Trace
        The result of ``unroll``; it is not written to.
    held : dict of (step, gate, unit) to float
        ``{(4, "f", 0): 0.0}`` closes the forget gate of unit 0 at step 4, counted as in ``trace[4]``. The gates are
        "i", "f" and "o", from 0 to 1, and the candidate "g", from -1 to 1. In a batch the value applies to every
        sequence with an input at that step.

    Returns
    -------
    Trace
        Equal to ``trace`` bit for bit before the first clamped step.

    Raises
    ------
    ValueError
        If a step, gate or unit does not exist or has no input, or a value lies outside the gate's range.
    """
    check_clamped(trace, held)
    by_step: dict[int, dict[tuple[str, int], float]] = {}
    for (t, gate, unit), value in held.items():
        by_step.setdefault(int(t), {})[gate, int(unit)] = value
    steps = [trace[t] for t in range(min(by_step, default=len(trace)))]
    for t in range(len(steps), len(trace)):
        state = steps[-1].state if steps else trace.start
        mask = None if trace.mask is None else trace.mask[t : t + 1]
        step = unroll(lstm, params, trace.x[t : t + 1], state, mask, trace.h_mask)[0]
        steps.append(_set(step, by_step[t], None if mask is None else mask[0]) if t in by_step else step)
    return Trace(stack(steps), trace.start, trace.mask, trace.h_mask) if steps else trace


def _set(step: lstm.Step, gates: Mapping[tuple[str, int], float], real: Array | None) -> lstm.Step:
    """Set gates and recompute c and h; masked sequences keep the carried state."""
    rows: slice | Array = slice(None) if real is None else real
    now = {name: getattr(step, name).copy() for name in (*LOWEST, "c", "h")}
    for (gate, unit), value in gates.items():
        now[gate][rows, unit] = value
    c = now["f"] * step.previous.c + now["i"] * now["g"]
    now["c"][rows] = c[rows]
    now["h"][rows] = (now["o"] * tanh(c))[rows]
    return step._replace(**now)


def check_clamped(trace: Trace, held: object) -> None:
    """Refuse a step, gate, unit or value that cannot be clamped in this trace."""
    if not isinstance(held, Mapping):
        raise ValueError(f"held is a {type(held).__name__}; expected a dict such as {{(4, 'f', 0): 0.0}}")
    steps, _, hidden_size = trace.h.shape
    for key, value in held.items():
        if not isinstance(key, tuple) or len(key) != 3:
            raise ValueError(f"held has the key {key!r}; expected (step, gate, unit), such as (4, 'f', 0)")
        t, gate, unit = key
        if gate not in LOWEST:
            raise ValueError(f"held has the gate {gate!r}; expected one of {', '.join(map(repr, LOWEST))}")
        for name, number, size in (("step", t, steps), ("unit", unit, hidden_size)):
            whole = isinstance(number, numbers.Integral) and not isinstance(number, bool)
            if not whole or not 0 <= number < size:
                raise ValueError(f"held has the {name} {number!r}; expected a whole number from 0 to {size - 1}")
        low = LOWEST[gate]
        real = isinstance(value, numbers.Real) and not isinstance(value, bool) and not math.isnan(value)
        if not real or not low <= value <= 1.0:
            kind = "the candidate" if gate == "g" else "a gate"
            raise ValueError(f"held sets {gate} to {value!r} at step {t}; {kind} lies between {low:g} and 1")
        if trace.mask is not None and not trace.mask[t].any():
            raise ValueError(f"held has the step {t}, which is masked; expected one with an input, where gates act")


class GatedState(NamedTuple):
    """The cell state after each step under given gates; ``kept`` and ``added`` sum to ``c``."""

    c: Array  # (steps,)
    h: Array  # (steps,)
    kept: Array  # (steps,)  f c_{t-1}
    added: Array  # (steps,)  i g


def apply_gates(
    f: ArrayLike, i: ArrayLike, g: ArrayLike, o: ArrayLike, steps: int = 20, *, feed: str = "always"
) -> GatedState:
    """Run one unit from c_0 = 0 with all gates clamped to given values.

    With one f < 1 and one i g at every step, c_t = (1 - f^t) i g / (1 - f): its limit is i g / (1 - f).

    Parameters
    ----------
    f, i, g, o : float or (steps,) array
        Forget gate, input gate, candidate, output gate: one number for all steps, or one a step.
    steps : int
        How many steps, at least 1.
    feed : {"always", "once"}
        "once" closes the input gate after the first step, so that only forgetting is left.

    Raises
    ------
    ValueError
        If a gate is outside 0..1, the candidate outside -1..1, or a shape, ``steps`` or ``feed`` is wrong.
    """
    if steps < 1:
        raise ValueError(f"steps is {steps}; expected a whole number, 1 or more: one step is the shortest run")
    if feed not in FEEDS:
        raise ValueError(f"feed is {feed!r}; expected one of {', '.join(map(repr, FEEDS))}")
    forget, write, output = (_per_step(name, value, steps, 0.0) for name, value in (("f", f), ("i", i), ("o", o)))
    added = write * _per_step("g", g, steps, -1.0)
    if feed == "once":
        added[1:] = 0.0
    c, kept = np.zeros(steps), np.zeros(steps)
    before = 0.0
    for t in range(steps):
        kept[t] = forget[t] * before
        before = c[t] = kept[t] + added[t]
    return GatedState(c, output * np.tanh(c), kept, added)


def steady_state(f: float, i: float, g: float) -> float:
    """Give the limit of the cell state if i g is added at every step: i g / (1 - f), infinite for f = 1.

    Raises
    ------
    ValueError
        If a gate is outside 0..1 or the candidate outside -1..1.
    """
    added = float(_per_step("i", i, 1, 0.0)[0] * _per_step("g", g, 1, -1.0)[0])
    forgotten = 1.0 - float(_per_step("f", f, 1, 0.0)[0])
    if added == 0.0:
        return 0.0
    return added / forgotten if forgotten > 0.0 else float(np.copysign(np.inf, added))


def _per_step(name: str, value: ArrayLike, steps: int, low: float) -> Array:
    """Repeat a number for every step, and refuse values outside the range of sigmoid or tanh."""
    values = np.asarray(value, dtype=np.float64)
    if values.shape not in ((), (steps,)):
        raise ValueError(f"{name} has shape {values.shape}; expected one number, or one a step: shape ({steps},)")
    if not np.all((low <= values) & (values <= 1.0)):
        kind = "a gate" if low == 0.0 else "the candidate"
        raise ValueError(f"{name} has a value outside {low:g}..1; {kind} lies within it: pass {low:g} to 1")
    return np.array(np.broadcast_to(values, (steps,)))


@dataclass(frozen=True)
class Clamped:
    """A cell with some units of its hidden state clamped to given values.

    The result is a cell and can be used as one, as in ``Recurrent(Clamped(lstm, [3], 0.0))``. The cell state of a
    clamped unit is still computed, but neither the gates of the next step nor the readout read it through h.

    Parameters
    ----------
    cell : module
        Such as ``lstm_helpers.cells.lstm``.
    units : sequence of int
        Which units, from 0.
    value : float or sequence of float
        The clamped value: 0, or better the unit's own mean, so that the other units get a typical input.
    """

    cell: Cell
    units: Sequence[int]
    value: ArrayLike = 0.0

    def init(self, rng: np.random.Generator, input_size: int, hidden_size: int, **options: object) -> Params:
        """Draw the cell's own weights."""
        return self.cell.init(rng, input_size, hidden_size, **options)

    def zero_state(self, params: Params, batch_size: int) -> State:
        """Give the state before the first step: the cell's own, with the units clamped."""
        return self._hold(self.cell.zero_state(params, batch_size))

    def forward(self, params: Params, state: State, x: BD, h_mask: BH | float = 1.0) -> Step:
        """Compute one step, and clamp the units."""
        return self._hold(self.cell.forward(params, state, x, h_mask))

    def backward(
        self, params: Params, step: Step, d_state: State, h_mask: BH | float = 1.0
    ) -> tuple[Params, State, BD]:
        """Backpropagate through one step; no gradient flows through clamped units."""
        h = d_state.h.copy()
        h[:, list(self.units)] = 0
        return self.cell.backward(params, step, d_state._replace(h=h), h_mask)

    def _hold(self, item: State | Step) -> State | Step:
        H = item.h.shape[-1]
        if not all(0 <= unit < H for unit in self.units):
            raise ValueError(f"units is {list(self.units)!r}; expected whole numbers from 0 to {H - 1}")
        h = item.h.copy()
        h[:, list(self.units)] = self.value
        return item._replace(h=h)
