"""Correlation, fading differences and saliency: which units follow a pattern, and which inputs an output depends on.

    correlation     r_k = cov(v_k, p) / (σ(v_k) σ(p))              of unit k's value and a pattern p, over all steps
    clamping        h_k ← value at every step                      ablation: how much worse is the network without it?
    fading          d_t = ‖h_t - h'_t‖ of a vanilla RNN            how long does a difference of the inputs last?
    saliency        ‖∂s_t/∂x_τ‖,  s_t = y_t[k] - mean_j y_t[j]     how strongly input τ affects logit k at step t

A correlation shows that a unit follows a pattern; only clamping shows whether the network uses it. Units of
language models that follow line length and quotes: Karpathy, Johnson and Li (2015); saliency: Madsen (2019).
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from lstm_helpers import linear
from lstm_helpers.arrays import Array, Params, check_finite
from lstm_helpers.cells import rnn
from lstm_helpers.model import Model
from lstm_helpers.through_time import unroll


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
        If shapes do not fit, a number is not finite, or the pattern is constant.
    """
    pattern = np.asarray(pattern, dtype=np.float64)
    if np.ndim(values) < 2 or pattern.shape != values.shape[:-1]:
        raise ValueError(
            f"pattern has shape {pattern.shape}; expected {np.shape(values)[:-1]}, one number for each row of values"
        )
    check_finite("values", values)
    check_finite("pattern", pattern)
    if pattern.size == 0 or np.ptp(pattern) == 0:
        raise ValueError("pattern is constant; expected one that varies: nothing correlates with a constant")
    p = pattern.ravel() - pattern.mean()
    v = values.reshape(-1, values.shape[-1]).astype(np.float64)
    v = v - v.mean(axis=0)
    still = np.ptp(v, axis=0) == 0
    scale = np.sqrt((v * v).sum(axis=0) * (p @ p))
    return np.asarray(np.where(still, 0.0, p @ v / np.where(still, 1.0, scale)))


def moved_outputs(run: Callable[[Array], Array], xs: Array) -> Array:
    """Add 1 to each input in turn, and measure how much each output changes.

    Parameters
    ----------
    run : function
        From inputs (T, B, D) to outputs (T, B, H), such as ``lambda xs: unroll(lstm, params, xs).h``.
    xs : array (T, B, D)
        The inputs.

    Returns
    -------
    array (T, T)
        [s, t] is the largest change of any number of output t when input s changes; exactly 0 if there is no path.
    """
    before, table = run(xs), []
    for s in range(len(xs)):
        other = xs.copy()
        other[s] += 1
        table.append(np.abs(run(other) - before).max(axis=(1, 2)))
    return np.array(table)


def saliency(model: Model, params: Params, tokens: Array, answers: Array) -> Array:
    """Give the norm of the gradient of a chosen logit at every step with respect to every input, exactly.

    Parameters
    ----------
    model, params
        A model with an embedding and an output at every step, and its weights.
    tokens : integer array (T,)
        One sequence.
    answers : integer array (T,)
        The class whose logit is taken at each step, such as the observed next token.

    Returns
    -------
    array (T, T)
        ``[t, s]``: the norm of ∂(y_t[k] - mean_j y_t[j])/∂x_s, with k = answers[t] and x_s the embedding of token s;
        exactly 0 for s > t. The mean is subtracted because adding a constant to all logits changes no probability.

    Raises
    ------
    ValueError
        If the model reads no tokens, or ``tokens`` and ``answers`` do not fit.
    """
    if not model.embedding_size or model.at != "every":
        raise ValueError(f"model is {model}; expected one with an embedding and an output at every step")
    T = len(tokens)
    if np.shape(tokens) != (T,) or np.shape(answers) != (T,) or T == 0:
        raise ValueError(f"answers has shape {np.shape(answers)} and tokens {np.shape(tokens)}; expected (T,) for both")
    # T copies in a batch: copy t has a loss at step t alone, so that one backward pass serves every step.
    run = model.forward(params, np.tile(np.asarray(tokens)[:, None], (1, T)))
    steps, K = np.arange(T), run.y.shape[-1]
    d_y = np.zeros_like(run.y)
    d_y[steps, steps] = -1.0 / K
    d_y[steps, steps, answers] += 1.0
    d_output = linear.backward(params.readout, run.features, d_y)[1]
    back = model.layer.backward(params.layer, run.trace, d_output)
    return np.asarray(np.linalg.norm(back.xs, axis=-1).T)


class Fading(NamedTuple):
    """How a difference between two runs fades."""

    difference: Array  # (T,)  after each step
    first: int  # the first step, from 0, after which the states differ
    left: float  # the last difference over the first one
    factor: float  # the geometric mean of the factors of all steps


def fading(params: rnn.Params, xs: Array, others: Array, scale: float = 1.0) -> Fading:
    """Run two sequences through a vanilla RNN, its recurrent weights multiplied by ``scale``, and compare the states.

    Near h = 0 a step multiplies the difference by about s W_h; in the long run the spectral radius of s W_h decides
    whether it fades. Further from 0, the derivative of tanh shrinks it more.

    Parameters
    ----------
    params : rnn.Params
        The weights.
    xs, others : array (T, 1, D)
        Two sequences that differ somewhere before the last step.
    scale : float
        The factor s of W_h.

    Raises
    ------
    ValueError
        If the two have not the same shape (T, 1, D), or do not differ before the last step.
    """
    if np.shape(xs) != np.shape(others) or np.ndim(xs) != 3 or np.shape(xs)[1] != 1:
        raise ValueError(f"xs and others have shapes {np.shape(xs)} and {np.shape(others)}; expected (T, 1, D) twice")
    places = np.flatnonzero((xs != others).any(axis=(1, 2)))
    if not places.size or places[0] == len(xs) - 1:
        raise ValueError("xs and others do not differ before the last step; expected two that do: change xs[0]")
    scaled = params._replace(W_h=scale * params.W_h)
    a, b = (unroll(rnn, scaled, one).h[:, 0] for one in (xs, others))
    difference, first = np.linalg.norm(a - b, axis=1), int(places[0])
    left = float(difference[-1] / difference[first])
    return Fading(difference, first, left, float(left ** (1 / (len(xs) - 1 - first))))


def spectral_radius(W_h: Array) -> float:
    """Give the largest absolute eigenvalue."""
    return float(np.abs(np.linalg.eigvals(W_h)).max())
