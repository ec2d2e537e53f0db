"""A look back over a whole sequence: each query weighs all positions, and gets their weighted mean.

    score_s = v · tanh(q W_q + k_s W_k)                 additive: Bahdanau, Cho and Bengio (2015)
    score_s = (q W_q) · (k_s W_k) / √A                  scaled dot-product: Vaswani et al. (2017)
    weight  = softmax of the scores over what is real
    context = Σ_s weight_s k_s

q is a query, k_s what stands at position s (key and value are the same here, as in the first of these papers), and A
the size of the space in which they are compared. A state hands on what it can hold; a weighted mean reaches back any
distance in one step, at the price of keeping all positions.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from lstm_helpers.activations import softmax, tanh, tanh_derivative
from lstm_helpers.arrays import Array, Params, check_finite, check_generator, check_same_dtype, check_shape, check_size
from lstm_helpers.through_time import check_mask


class AdditiveParams(NamedTuple):
    """What additive attention learns."""

    W_q: Array  # (Q, A)
    W_k: Array  # (K, A)
    v: Array  # (A,)


class DotParams(NamedTuple):
    """What scaled dot-product attention learns."""

    W_q: Array  # (Q, A)
    W_k: Array  # (K, A)


class Attended(NamedTuple):
    """What a look back computed; all that going back needs."""

    context: Array  # (T, B, K)
    weights: Array  # (T, B, S): adds up to 1 over the real positions, 0 elsewhere
    queries: Array  # (T, B, Q)
    keys: Array  # (S, B, K), 0 where there is nothing
    seen: Array  # additive: tanh(q W_q + k W_k) (T, B, S, A); dot: q W_q (T, B, A)
    key_parts: Array  # k W_k (S, B, A)


class Backward(NamedTuple):
    """The gradient with respect to all that went in."""

    params: Params
    queries: Array  # (T, B, Q)
    keys: Array  # (S, B, K)


class _Attention:
    """What the two have in common: all but the scores and what is sent back through them."""

    def forward(self, params: Params, queries: Array, keys: Array, mask: Array | None = None) -> Attended:
        """Let every query look at every position.

        Parameters
        ----------
        params : AdditiveParams or DotParams
            From ``init``.
        queries : array (T, B, Q)
            Who asks: such as the decoder's outputs.
        keys : array (S, B, K)
            What is looked at: such as the encoder's outputs.
        mask : bool array (S, B), optional
            False where there is nothing to look at; ``keys`` is never read there. A sequence with nothing at all gets
            weights and context 0.

        Raises
        ------
        ValueError
            If shapes or dtypes do not fit, or a key that is to be read is NaN or infinite.
        """
        _check(params, queries, keys, mask)
        if mask is not None:
            keys = np.where(mask[:, :, None], keys, 0)
        key_parts = keys @ params.W_k
        scores, seen = self._scores(params, queries @ params.W_q, key_parts)
        weights = softmax(scores) if mask is None else _softmax_where(mask.T[None], scores)
        return Attended(_mix(weights, keys), weights, queries, keys, seen, key_parts)

    def backward(self, params: Params, run: Attended, d_context: Array) -> Backward:
        """Send ∂L/∂context (T, B, K) back to the weights, the queries and the keys."""
        T, B, K = run.context.shape
        check_shape("d_context", d_context, T=T, B=B, K=K)
        d_weights = (d_context.swapaxes(0, 1) @ run.keys.transpose(1, 2, 0)).swapaxes(0, 1)
        lost = (run.weights * d_weights).sum(axis=-1, keepdims=True)
        d_scores = run.weights * (d_weights - lost)  # softmax: what all scores share changes nothing
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
    """Compare query and key by their product in a common space."""

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
    """Keep products of A numbers from growing with A: at the start their spread would be √A times larger."""
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


def _product(inputs: Array, slopes: Array) -> Array:
    return inputs.reshape(-1, inputs.shape[-1]).T @ slopes.reshape(-1, slopes.shape[-1])


def _softmax_where(real: Array, scores: Array) -> Array:
    """Share 1 among the real positions; give 0 to the others, and to all if none is real."""
    some = real.any(axis=-1, keepdims=True)
    shown = np.where(real | ~some, scores, 0)
    largest = np.where(real | ~some, shown.real, -np.inf).max(axis=-1, keepdims=True)
    parts = np.where(real, np.exp(np.where(real, shown - largest, 0)), 0)
    return parts / np.where(some, parts.sum(axis=-1, keepdims=True), 1)


def _check(params: Params, queries: Array, keys: Array, mask: Array | None) -> None:
    fields = getattr(params, "_fields", ())
    if fields[:2] != ("W_q", "W_k"):
        raise ValueError(f"params is {params!r:.60}; expected what init returns, W_q, W_k …")
    check_shape("queries", queries, T=None, B=None, Q=len(params.W_q))
    check_shape(
        "keys", keys, "the sequences of the queries side by side", S=None, B=queries.shape[1], K=len(params.W_k)
    )
    check_same_dtype(params=params, queries=queries, keys=keys)
    if mask is not None:
        check_mask(mask, keys)
    check_finite("keys", keys, mask)
