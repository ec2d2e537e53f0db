"""What stands at the two ends of a recurrent layer: words to vectors, vectors to answers, and how wrong those are.

    embedding        x_t = W_e[k]                                  row k of W_e for token k: one-hot times W_e
    linear           y_t = h_t W_y + b_y
    mse              L = mean (y - target)^2                       ∂L/∂y = 2 (y - target) / n
    cross-entropy    L = mean -ln softmax(y)[target]               ∂L/∂y = (softmax(y) - onehot) / n

The cross-entropy is in nats: a guess among K equal answers costs ln K. Means are over what is real: n counts the
positions where the mask is True (and, for mse, the numbers at each of them).
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from lstm_helpers.activations import log_softmax
from lstm_helpers.arrays import (
    Array,
    check_finite,
    check_float,
    check_generator,
    check_same_dtype,
    check_shape,
    check_size,
)


class Linear(NamedTuple):
    """The weights of the output."""

    W_y: Array  # (H, K)
    b_y: Array  # (K,)


class Embedding(NamedTuple):
    """One row for each token of a vocabulary of V."""

    W_e: Array  # (V, E)


class Loss(NamedTuple):
    """How wrong the answers are, and which way is worse."""

    value: Any  # one number
    d_y: Array  # ∂L/∂y, with the shape of y; exactly 0 where the mask is False


# Output


def linear_init(
    rng: np.random.Generator, input_size: int, output_size: int, *, dtype: DTypeLike = np.float64
) -> Linear:
    """Draw W_y uniformly from ±1/√H, with H the input size; the bias is 0."""
    check_generator(rng)
    check_size("input_size", input_size)
    check_size("output_size", output_size)
    limit = 1.0 / np.sqrt(input_size)
    return Linear(rng.uniform(-limit, limit, (input_size, output_size)).astype(dtype), np.zeros(output_size, dtype))


def linear(params: Linear, h: Array) -> Array:
    """Give y (…, K) for h (…, H)."""
    if np.shape(h)[-1:] != params.W_y.shape[:1]:
        raise ValueError(f"h has shape {np.shape(h)}; expected (…, H) with H={len(params.W_y)}, the rows of W_y")
    return h @ params.W_y + params.b_y


def linear_backward(params: Linear, h: Array, d_y: Array) -> tuple[Linear, Array]:
    """Send ∂L/∂y (…, K) back: the gradients of the weights, summed over all positions, and ∂L/∂h (…, H)."""
    flat_h, flat_d_y = h.reshape(-1, h.shape[-1]), d_y.reshape(-1, d_y.shape[-1])
    return Linear(W_y=flat_h.T @ flat_d_y, b_y=flat_d_y.sum(axis=0)), d_y @ params.W_y.T


# Input


def embedding_init(
    rng: np.random.Generator, vocabulary_size: int, embedding_size: int, *, dtype: DTypeLike = np.float64
) -> Embedding:
    """Draw every row from the standard normal distribution, as PyTorch does."""
    check_generator(rng)
    check_size("vocabulary_size", vocabulary_size)
    check_size("embedding_size", embedding_size)
    return Embedding(rng.normal(size=(vocabulary_size, embedding_size)).astype(dtype))


def embed(params: Embedding, tokens: Array, mask: Array | None = None) -> Array:
    """Look up the rows of tokens.

    Parameters
    ----------
    params : Embedding
        W_e (V, E).
    tokens : integer array (T, B)
        Numbers from 0 to V - 1. Where ``mask`` is False they are never read.
    mask : bool array (T, B), optional
        False where there is no token.

    Returns
    -------
    array (T, B, E)
        Floats, ready for a layer; 0 where there is no token.

    Raises
    ------
    ValueError
        If ``tokens`` are not whole numbers, or one is outside of the vocabulary.
    """
    check_shape("tokens", tokens, "one token a position: no axis of features", T=None, B=None)
    _check_mask(tokens.shape, mask)
    _check_classes("tokens", tokens, len(params.W_e), mask)
    if mask is None:
        return params.W_e[tokens]
    return np.where(mask[:, :, None], params.W_e[np.where(mask, tokens, 0)], 0)


def embed_backward(params: Embedding, tokens: Array, d_xs: Array, mask: Array | None = None) -> Embedding:
    """Add up ∂L/∂x (T, B, E) in the rows that were looked up; a row that was not stays 0."""
    d_rows = np.zeros_like(params.W_e)
    real = np.ones(tokens.shape, np.bool_) if mask is None else mask
    np.add.at(d_rows, tokens[real], d_xs[real])  # one token may occur many times: += would count it once
    return Embedding(d_rows)


# Losses


def mse(y: Array, targets: Array, mask: Array | None = None) -> Loss:
    """Give the mean squared error.

    Parameters
    ----------
    y : array (…, K)
        The answers, (T, B, K) or (B, K).
    targets : array (…, K)
        What they should have been: the shape and dtype of ``y``, in the same units.
    mask : bool array (…), optional
        Where it is False neither is read.

    Returns
    -------
    Loss
        In squared units of ``y``.

    Raises
    ------
    ValueError
        If shapes or dtypes differ, a target is NaN or infinite, or nothing is left to count.
    """
    if np.shape(targets) != y.shape:
        missing = np.shape(targets) == y.shape[:-1] and y.shape[-1] == 1
        hint = ": try targets[..., None]" if missing else ", the shape of y"
        raise ValueError(f"targets has shape {np.shape(targets)}; expected {y.shape}{hint}")
    check_same_dtype(y=y, targets=targets)
    count = _count(y.shape[:-1], mask) * y.shape[-1]
    check_finite("targets", targets, mask)
    error = y - targets if mask is None else np.where(mask[..., None], y - targets, 0)
    return Loss((error * error).sum() / count, error * (2.0 / count))


def cross_entropy(y: Array, targets: Array, mask: Array | None = None) -> Loss:
    """Give the mean cost of the right answers, in nats.

    Parameters
    ----------
    y : array (…, K)
        A score for each of K answers, (T, B, K) or (B, K): any numbers, not chances.
    targets : integer array (…)
        The right answer's number, from 0 to K - 1.
    mask : bool array (…), optional
        Where it is False neither is read.

    Returns
    -------
    Loss

    Raises
    ------
    ValueError
        If shapes do not fit, a target is not one of the answers, or nothing is left to count.
    """
    count = _check_answers(y, targets, mask)
    log_chance = log_softmax(y)
    right = (targets if mask is None else np.where(mask, targets, 0))[..., None]
    cost = -np.take_along_axis(log_chance, right, axis=-1)[..., 0]
    d_y = np.exp(log_chance)
    np.put_along_axis(d_y, right, np.take_along_axis(d_y, right, axis=-1) - 1, axis=-1)
    if mask is not None:
        cost, d_y = np.where(mask, cost, 0), np.where(mask[..., None], d_y, 0)
    return Loss(cost.sum() / count, d_y / count)


def accuracy(y: Array, targets: Array, mask: Array | None = None) -> float:
    """Give the share of positions where the highest score is the right answer's; arguments as ``cross_entropy``."""
    count = _check_answers(y, targets, mask)
    right = y.argmax(axis=-1) == targets
    return float((right if mask is None else right & mask).sum() / count)


def _check_answers(y: Array, targets: Array, mask: Array | None) -> int:
    check_float("y", y)
    if np.shape(targets) != y.shape[:-1]:
        hint = ": give the numbers of the right answers, try targets.argmax(-1)" if np.shape(targets) == y.shape else ""
        raise ValueError(f"targets has shape {np.shape(targets)}; expected {y.shape[:-1]}, one for each row of y{hint}")
    count = _count(y.shape[:-1], mask)
    _check_classes("targets", targets, y.shape[-1], mask)
    return count


def _check_mask(shape: tuple[int, ...], mask: Array | None) -> None:
    if mask is not None and (np.shape(mask) != shape or mask.dtype != np.bool_):
        raise ValueError(f"mask has shape {np.shape(mask)} and dtype {np.asarray(mask).dtype}; expected bool {shape}")


def _count(shape: tuple[int, ...], mask: Array | None) -> int:
    """Count the positions that are real; a mean over none is refused."""
    _check_mask(shape, mask)
    count = int(np.prod(shape)) if mask is None else int(mask.sum())
    if count == 0:
        what = f"y has the shape {shape} of positions" if mask is None else "mask is False everywhere"
        raise ValueError(f"{what}; expected at least one position, since a mean over none is no number")
    return count


def _check_classes(name: str, values: Any, count: int, mask: Array | None) -> None:
    """Refuse what is not a whole number from 0 to ``count`` - 1."""
    if not isinstance(values, np.ndarray) or values.dtype.kind not in "iu":
        kind = values.dtype if isinstance(values, np.ndarray) else type(values).__name__
        raise ValueError(f"{name} has dtype {kind}; expected whole numbers from 0 to {count - 1}, as int64")
    wrong = (values < 0) | (values >= count)
    wrong = wrong if mask is None else wrong & mask
    if wrong.any():
        where = tuple(int(k) for k in np.argwhere(wrong)[0])
        at = ", ".join(map(str, where))
        raise ValueError(f"{name}[{at}] is {values[where]}; expected a whole number from 0 to {count - 1}")
