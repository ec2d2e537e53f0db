"""The two ends of a model: an embedding turns tokens into vectors, a linear readout turns hidden states into outputs.

    embedding        x_t = W_e[k]                                  row k of W_e for token k: one-hot times W_e
    linear           y_t = h_t W_y + b_y

The embedding comes before the recurrent layer, the readout after it.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from lstm_helpers.arrays import (
    Array,
    check_classes,
    check_generator,
    check_positions,
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


def init(rng: np.random.Generator, input_size: int, output_size: int, *, dtype: DTypeLike = np.float64) -> Linear:
    """Draw W_y uniformly from ±1/√H, with H the input size; the bias is 0."""
    check_generator(rng)
    check_size("input_size", input_size)
    check_size("output_size", output_size)
    limit = 1.0 / np.sqrt(input_size)
    return Linear(rng.uniform(-limit, limit, (input_size, output_size)).astype(dtype), np.zeros(output_size, dtype))


def forward(params: Linear, h: Array) -> Array:
    """Give y (…, K) for h (…, H)."""
    if np.shape(h)[-1:] != params.W_y.shape[:1]:
        raise ValueError(f"h has shape {np.shape(h)}; expected (…, H) with H={len(params.W_y)}, the rows of W_y")
    return h @ params.W_y + params.b_y


def backward(params: Linear, h: Array, d_y: Array) -> tuple[Linear, Array]:
    """Backpropagate ∂L/∂y (…, K): the gradients of the weights, summed over all positions, and ∂L/∂h (…, H)."""
    flat_h, flat_d_y = h.reshape(-1, h.shape[-1]), d_y.reshape(-1, d_y.shape[-1])
    return Linear(W_y=flat_h.T @ flat_d_y, b_y=flat_d_y.sum(axis=0)), d_y @ params.W_y.T


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
        If ``tokens`` are not whole numbers, or one is outside the vocabulary.
    """
    check_shape("tokens", tokens, "one token a position: no axis of features", T=None, B=None)
    check_positions(tokens.shape, mask)
    check_classes("tokens", tokens, len(params.W_e), mask)
    if mask is None:
        return params.W_e[tokens]
    return np.where(mask[:, :, None], params.W_e[np.where(mask, tokens, 0)], 0)


def embed_backward(params: Embedding, tokens: Array, d_xs: Array, mask: Array | None = None) -> Embedding:
    """Add ∂L/∂x (T, B, E) to the rows that were looked up; the other rows of the gradient are 0."""
    d_rows = np.zeros_like(params.W_e)
    real = np.ones(tokens.shape, np.bool_) if mask is None else mask
    np.add.at(d_rows, tokens[real], d_xs[real])  # one token may occur many times: += would count it once
    return Embedding(d_rows)
