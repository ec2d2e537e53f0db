"""Looking into a trained network: which unit goes with a pattern, what hangs on it, and what moves an answer.

    correlation     r_k = cov(v_k, p) / (σ(v_k) σ(p))              of unit k's value and a pattern p, over all steps
    clamping        h_k ← value at every step                      ablation: what goes wrong without what it says?
    connectivity    ‖∂s_t/∂x_τ‖,  s_t = y_t[k] - mean_j y_t[j]     how far input τ moves the score of answer k at step t

A correlation says that a unit goes along with a pattern; only clamping it says whether the network uses it. Units of
language models that follow line length and quotes: Karpathy, Johnson and Li (2015); connectivity: Madsen (2019).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from lstm_helpers import readout
from lstm_helpers.arrays import Array, check_finite
from lstm_helpers.model import Model


def correlations(values: Array, pattern: Array) -> Array:
    """Correlate every unit with a pattern.

    Parameters
    ----------
    values : array (…, H)
        Such as ``trace.c``, (T, B, H).
    pattern : array (…)
        A number at each of the same positions; True counts as 1.

    Returns
    -------
    array (H,)
        From -1 to 1; 0 for a unit that never changes.

    Raises
    ------
    ValueError
        If shapes do not fit, a number is not finite, or the pattern is the same everywhere.
    """
    pattern = np.asarray(pattern, dtype=np.float64)
    if np.ndim(values) < 2 or pattern.shape != values.shape[:-1]:
        raise ValueError(
            f"pattern has shape {pattern.shape}; expected {np.shape(values)[:-1]}, one number for each row of values"
        )
    check_finite("values", values)
    check_finite("pattern", pattern)
    if pattern.size == 0 or np.ptp(pattern) == 0:
        raise ValueError("pattern is the same everywhere; expected one that changes: else nothing can go along with it")
    p = pattern.ravel() - pattern.mean()
    v = values.reshape(-1, values.shape[-1]).astype(np.float64)
    v = v - v.mean(axis=0)
    still = np.ptp(v, axis=0) == 0
    spread = np.sqrt((v * v).sum(axis=0) * (p @ p))
    return np.asarray(np.where(still, 0.0, p @ v / np.where(still, 1.0, spread)))


@dataclass(frozen=True)
class Clamped:
    """A cell whose hidden state is held at given values in some units: nobody hears what they would have said.

    An edited cell is a cell: it goes wherever the other does, such as ``Recurrent(Clamped(lstm, [3], 0.0))``. What such
    a unit keeps on its belt runs on, but neither the gates of the next step nor the readout see any of it.

    Parameters
    ----------
    cell : module
        Such as ``lstm_helpers.cells.lstm``.
    units : sequence of int
        Which units, from 0.
    value : float or sequence of float
        What they are held at: 0, or better a unit's own mean, to which the others are used.
    """

    cell: Any  # a cell module
    units: Any
    value: Any = 0.0

    def init(self, rng: np.random.Generator, input_size: int, hidden_size: int, **options: Any) -> Any:
        """Draw the cell's own weights."""
        return self.cell.init(rng, input_size, hidden_size, **options)

    def zero_state(self, params: Any, batch_size: int) -> Any:
        """Give the state before the first step: the cell's own, with the units held."""
        return self._hold(self.cell.zero_state(params, batch_size))

    def forward(self, params: Any, state: Any, x: Array) -> Any:
        """Compute one step, and hold the units."""
        return self._hold(self.cell.forward(params, state, x))

    def backward(self, params: Any, step: Any, d_state: Any) -> tuple[Any, Any, Array]:
        """Send gradients back: none goes through what is held."""
        h = d_state.h.copy()
        h[:, list(self.units)] = 0
        return self.cell.backward(params, step, d_state._replace(h=h))  # type: ignore[no-any-return]

    def _hold(self, item: Any) -> Any:
        H = item.h.shape[-1]
        if not all(0 <= unit < H for unit in self.units):
            raise ValueError(f"units is {list(self.units)!r}; expected whole numbers from 0 to {H - 1}")
        h = item.h.copy()
        h[:, list(self.units)] = self.value
        return item._replace(h=h)


def moved_outputs(run: Callable[[Array], Array], xs: Array) -> Array:
    """Change each input in turn, by adding 1 to its numbers, and measure how far each output moves.

    Parameters
    ----------
    run : function
        From inputs (T, B, D) to outputs (T, B, H), such as ``lambda xs: unroll(lstm, params, xs).h``.
    xs : array (T, B, D)
        The inputs.

    Returns
    -------
    array (T, T)
        At [s, t] the largest change of any number of output t when input s is changed; exactly 0 if it cannot reach it.
    """
    before, table = run(xs), []
    for s in range(len(xs)):
        other = xs.copy()
        other[s] += 1
        table.append(np.abs(run(other) - before).max(axis=(1, 2)))
    return np.array(table)


def connectivity(model: Model, params: Any, tokens: Array, answers: Array) -> Array:
    """Measure how far each input moves the score of an answer, at every step, by one exact backward pass each.

    Parameters
    ----------
    model, params
        A model with an embedding that answers at every step, and its weights.
    tokens : integer array (T,)
        One sequence.
    answers : integer array (T,)
        Which answer's score at each step, such as the token that came next.

    Returns
    -------
    array (T, T)
        ``[t, s]``: the length of ∂(y_t[k] - mean_j y_t[j])/∂x_s, with k = answers[t] and x_s the row that the embedding
        gives token s; exactly 0 for s > t. A number added to all scores changes no chance, hence the mean.

    Raises
    ------
    ValueError
        If the model reads no tokens, or ``tokens`` and ``answers`` do not fit.
    """
    if not model.embedding_size or model.at != "every":
        raise ValueError(f"model is {model}; expected one that reads tokens and answers at every step")
    T = len(tokens)
    if np.shape(tokens) != (T,) or np.shape(answers) != (T,) or T == 0:
        raise ValueError(f"answers has shape {np.shape(answers)} and tokens {np.shape(tokens)}; expected (T,) for both")
    # T copies side by side: copy t is asked at step t alone, so that one pass goes back from every step.
    run = model.forward(params, np.tile(np.asarray(tokens)[:, None], (1, T)))
    steps, K = np.arange(T), run.y.shape[-1]
    d_y = np.zeros_like(run.y)
    d_y[steps, steps] = -1.0 / K
    d_y[steps, steps, answers] += 1.0
    d_output = readout.linear_backward(params.readout, run.shown, d_y)[1]
    back = model.layer.backward(params.layer, run.trace, d_output)
    return np.asarray(np.linalg.norm(back.xs, axis=-1).T)
