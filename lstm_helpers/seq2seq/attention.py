"""Attention: each query attends to all positions of a sequence and gets a weighted mean of their values.

    score_s = v · tanh(q W_q + k_s W_k)                 additive: Bahdanau, Cho and Bengio (2015)
    score_s = (q W_q) · (k_s W_k) / √A                  scaled dot-product: Vaswani et al. (2017)
    weight  = softmax of the scores over the real positions
    context = Σ_s weight_s k_s

q is a query, k_s the key at position s, which is also its value, as in the first of these papers, and A the size of the
space in which queries and keys are compared. A recurrent state has a fixed size; attention reaches any distance in one
step, at the price of storing all positions.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from lstm_helpers.activations import softmax, tanh, tanh_derivative
from lstm_helpers.arrays import Array, Params, check_finite, check_generator, check_same_dtype, check_shape, check_size
from lstm_helpers.through_time import check_mask


class AdditiveParams(NamedTuple):
    """The parameters of additive attention."""

    W_q: Array  # (Q, A)
    W_k: Array  # (K, A)
    v: Array  # (A,)


class DotParams(NamedTuple):
    """The parameters of scaled dot-product attention."""

    W_q: Array  # (Q, A)
    W_k: Array  # (K, A)


class Attended(NamedTuple):
    """The result of attention, with everything that the backward pass needs."""

    context: Array  # (T, B, K)
    weights: Array  # (T, B, S): attention weights; they add up to 1 over the real positions, 0 elsewhere
    queries: Array  # (T, B, Q)
    keys: Array  # (S, B, K), 0 where the mask is False
    seen: Array  # additive: tanh(q W_q + k W_k) (T, B, S, A); dot: q W_q (T, B, A)
    key_parts: Array  # k W_k (S, B, A)


class Backward(NamedTuple):
    """The gradient with respect to parameters, queries and keys."""

    params: Params
    queries: Array  # (T, B, Q)
    keys: Array  # (S, B, K)


class _Attention:
    """The common part of both kinds: everything but the scores and their backward pass."""

    def forward(self, params: Params, queries: Array, keys: Array, mask: Array | None = None) -> Attended:
        """Let every query attend to every position.

        Parameters
        ----------
        params : AdditiveParams or DotParams
            From ``init``.
        queries : array (T, B, Q)
            Such as the decoder's outputs.
        keys : array (S, B, K)
            Keys and values, such as the encoder's outputs.
        mask : bool array (S, B), optional
            False at positions to ignore; ``keys`` is never read there. A sequence without any real position gets
            weights and context 0.

        Raises
        ------
        ValueError
            If shapes or dtypes do not fit, or an unmasked key is NaN or infinite.
        """
        _check(params, queries, keys, mask)
        if mask is not None:
            keys = np.where(mask[:, :, None], keys, 0)
        key_parts = keys @ params.W_k
        scores, seen = self._scores(params, queries @ params.W_q, key_parts)
        weights = softmax(scores) if mask is None else _softmax_where(mask.T[None], scores)
        return Attended(_mix(weights, keys), weights, queries, keys, seen, key_parts)

    def backward(self, params: Params, run: Attended, d_context: Array) -> Backward:
        """Backpropagate ∂L/∂context (T, B, K) to the parameters, the queries and the keys."""
        T, B, K = run.context.shape
        check_shape("d_context", d_context, T=T, B=B, K=K)
        d_weights = (d_context.swapaxes(0, 1) @ run.keys.transpose(1, 2, 0)).swapaxes(0, 1)
        mean = (run.weights * d_weights).sum(axis=-1, keepdims=True)
        d_scores = run.weights * (d_weights - mean)  # softmax: a constant added to all scores changes nothing
        d_query_parts, d_key_parts, more = self._send_back(params, run, d_scores)
        d_keys = (run.weights.transpose(1, 2, 0) @ d_context.swapaxes(0, 1)).swapaxes(0, 1) + d_key_parts @ params.W_k.T
        d_params = type(params)(_product(run.queries, d_query_parts), _product(run.keys, d_key_parts), *more)
        return Backward(d_params, d_query_parts @ params.W_q.T, d_keys)

    def _scores(self, params: Params, query_parts: Array, key_parts: Array) -> tuple[Array, Array]:
        raise NotImplementedError

    def _send_back(self, params: Params, run: Attended, d_scores: Array) -> tuple[Array, Array, tuple[Array, ...]]:
        raise NotImplementedError


@dataclass(frozen=True)
class Additive(_Attention):
    """Compare query and key by a small network with one hidden layer."""

    def init(
        self, rng: np.random.Generator, query_size: int, key_size: int, size: int, *, dtype: DTypeLike = np.float64
    ) -> AdditiveParams:
        """Draw W_q, W_k and v uniformly from ±1/√(rows), with sizes Q, K and A."""
        W_q, W_k = _random_matrices(rng, query_size, key_size, size, dtype)
        return AdditiveParams(W_q, W_k, rng.uniform(-1, 1, size).astype(dtype) / W_q.dtype.type(np.sqrt(size)))

    def _scores(self, params: AdditiveParams, query_parts: Array, key_parts: Array) -> tuple[Array, Array]:
        seen = tanh(query_parts[:, :, None] + key_parts.swapaxes(0, 1)[None])
        return seen @ params.v, seen

    def _send_back(
        self, params: AdditiveParams, run: Attended, d_scores: Array
    ) -> tuple[Array, Array, tuple[Array, ...]]:
        d_inside = d_scores[..., None] * params.v * tanh_derivative(run.seen)
        d_v = np.tensordot(d_scores, run.seen, axes=3)
        return d_inside.sum(axis=2), d_inside.sum(axis=0).swapaxes(0, 1), (d_v,)


@dataclass(frozen=True)
class ScaledDot(_Attention):
    """Compare query and key by their scaled dot product in a common space."""

    def init(
        self, rng: np.random.Generator, query_size: int, key_size: int, size: int, *, dtype: DTypeLike = np.float64
    ) -> DotParams:
        """Draw W_q and W_k uniformly from ±1/√(rows), with sizes Q, K and A."""
        return DotParams(*_random_matrices(rng, query_size, key_size, size, dtype))

    def _scores(self, params: DotParams, query_parts: Array, key_parts: Array) -> tuple[Array, Array]:
        products = query_parts.swapaxes(0, 1) @ key_parts.transpose(1, 2, 0)
        return products.swapaxes(0, 1) * _scale(params), query_parts

    def _send_back(self, params: DotParams, run: Attended, d_scores: Array) -> tuple[Array, Array, tuple[Array, ...]]:
        d_products = (d_scores * _scale(params)).swapaxes(0, 1)  # (B, T, S)
        d_queries = d_products @ run.key_parts.swapaxes(0, 1)
        d_keys = d_products.swapaxes(1, 2) @ run.seen.swapaxes(0, 1)
        return d_queries.swapaxes(0, 1), d_keys.swapaxes(0, 1), ()


def _scale(params: DotParams) -> np.floating:
    """Give 1/√A: the standard deviation of initial dot products of A numbers grows like √A."""
    scale: np.floating = params.W_q.real.dtype.type(1 / np.sqrt(params.W_q.shape[1]))
    return scale


def _random_matrices(
    rng: np.random.Generator, query_size: int, key_size: int, size: int, dtype: DTypeLike
) -> list[Array]:
    check_generator(rng)
    for name, value in (("query_size", query_size), ("key_size", key_size), ("size", size)):
        check_size(name, value)
    return [(rng.uniform(-1, 1, (rows, size)) / np.sqrt(rows)).astype(dtype) for rows in (query_size, key_size)]


def _mix(weights: Array, keys: Array) -> Array:
    return (weights.swapaxes(0, 1) @ keys.swapaxes(0, 1)).swapaxes(0, 1)


def _product(inputs: Array, d_outputs: Array) -> Array:
    return inputs.reshape(-1, inputs.shape[-1]).T @ d_outputs.reshape(-1, d_outputs.shape[-1])


def _softmax_where(real: Array, scores: Array) -> Array:
    """Compute the softmax over the real positions; the others get 0, as do all if none is real."""
    some = real.any(axis=-1, keepdims=True)
    safe = np.where(real | ~some, scores, 0)
    largest = np.where(real | ~some, safe.real, -np.inf).max(axis=-1, keepdims=True)
    parts = np.where(real, np.exp(np.where(real, safe - largest, 0)), 0)
    return parts / np.where(some, parts.sum(axis=-1, keepdims=True), 1)


def _check(params: Params, queries: Array, keys: Array, mask: Array | None) -> None:
    fields = getattr(params, "_fields", ())
    if fields[:2] != ("W_q", "W_k"):
        raise ValueError(f"params is {params!r:.60}; expected what init returns, W_q, W_k …")
    check_shape("queries", queries, T=None, B=None, Q=len(params.W_q))
    check_shape(
        "keys", keys, "one sequence of keys for each of the queries", S=None, B=queries.shape[1], K=len(params.W_k)
    )
    check_same_dtype(params=params, queries=queries, keys=keys)
    if mask is not None:
        check_mask(mask, keys)
    check_finite("keys", keys, mask)
