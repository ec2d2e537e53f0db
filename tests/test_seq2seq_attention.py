"""Attention gives a weighted mean over what is real, by hand-worked numbers and exact gradients."""

import copy
import re

import numpy as np
import pytest

from lstm_helpers.arrays import leaves, tree_map
from lstm_helpers.gradcheck import complex_step, relative_error
from lstm_helpers.seq2seq.attention import Additive, AdditiveParams, DotParams, ScaledDot

T, S, B, Q, K, A = 3, 5, 4, 2, 3, 4
KINDS = [Additive(), ScaledDot()]
MASK = np.random.default_rng(0).random((S, B)) < 0.6
MASK[:, 1] = False
MASK[:, 2] = True
each_kind = pytest.mark.parametrize("kind", KINDS, ids=repr)
each_mask = pytest.mark.parametrize("mask", [None, MASK], ids=["full", "masked"])


def case(kind, seed=1):
    rng = np.random.default_rng(seed)
    params = tree_map(lambda a: 3 * a, kind.init(rng, Q, K, A))
    return params, rng.normal(size=(T, B, Q)), rng.normal(size=(S, B, K)), rng.normal(size=(T, B, K))


@each_kind
@each_mask
def test_every_gradient_equals_the_complex_step(kind, mask):
    params, queries, keys, d_context = case(kind)
    run = kind.forward(params, queries, keys, mask)
    got = kind.backward(params, run, d_context)
    want = complex_step(lambda tree: (kind.forward(*tree, mask).context * d_context).sum(), (params, queries, keys))
    assert relative_error(tuple(got), want) < 1e-12
    if mask is not None:
        assert not got.keys[~mask].any()


@each_kind
@each_mask
def test_weights_add_up_to_one_over_the_real_positions(kind, mask):
    params, queries, keys, _ = case(kind)
    run = kind.forward(params, queries, keys, mask)
    real = np.ones((S, B), bool) if mask is None else mask
    assert np.all(run.weights >= 0)
    np.testing.assert_allclose(run.weights.sum(axis=-1), np.broadcast_to(real.any(axis=0), (T, B)), atol=1e-14)
    assert not run.weights[np.broadcast_to(~real.T, run.weights.shape)].any()
    by_hand = np.einsum("tbs,sbk->tbk", run.weights, np.where(real[:, :, None], keys, 0))
    np.testing.assert_allclose(run.context, by_hand, atol=1e-14)


@each_kind
def test_scores_by_the_books_equations_one_pair_at_a_time(kind):
    params, queries, keys, _ = case(kind)
    weights = kind.forward(params, queries, keys).weights
    for t, b in np.ndindex(T, B):
        q = queries[t, b] @ params.W_q
        if isinstance(kind, Additive):
            scores = [params.v @ np.tanh(q + keys[s, b] @ params.W_k) for s in range(S)]
        else:
            scores = [q @ (keys[s, b] @ params.W_k) / np.sqrt(A) for s in range(S)]
        np.testing.assert_allclose(weights[t, b], np.exp(scores) / np.exp(scores).sum(), rtol=1e-12)


def test_numbers_worked_by_hand():
    """Scores 0 and ln 3: weights 1/4 and 3/4."""
    keys = np.array([[[0.0, 8.0]], [[np.log(3.0), 4.0]]])
    params = DotParams(W_q=np.array([[1.0]]), W_k=np.array([[1.0], [0.0]]))
    run = ScaledDot().forward(params, np.array([[[1.0]]]), keys)
    np.testing.assert_allclose(run.weights, [[[0.25, 0.75]]], rtol=1e-15)
    np.testing.assert_allclose(run.context, [[[0.75 * np.log(3), 5.0]]], rtol=1e-15)
    one = AdditiveParams(np.array([[0.0]]), np.array([[1.0], [0.0]]), np.array([2.0]))
    score = 2 * np.tanh(np.log(3))  # tanh(ln 3) = 0.8
    np.testing.assert_allclose(score, 1.6, rtol=1e-15)
    chance = np.exp(1.6) / (1 + np.exp(1.6))
    np.testing.assert_allclose(Additive().forward(one, np.ones((1, 1, 1)), keys).weights[0, 0, 1], chance, rtol=1e-15)


@each_kind
def test_equal_keys_share_equally_and_large_scores_choose_one(kind):
    params, queries, keys, _ = case(kind)
    same = kind.forward(params, queries, np.repeat(keys[:1], S, axis=0))
    np.testing.assert_allclose(same.weights, 1 / S, rtol=1e-14)
    sharp = kind.forward(tree_map(lambda a: 1e3 * a, params), queries, keys)
    assert np.all(np.isfinite(sharp.weights))
    np.testing.assert_allclose(sharp.weights.sum(axis=-1), 1, rtol=1e-14)


def with_scores(kind, scores):
    """Weights, one query for each sequence, and keys (S, B, 1) that are given exactly these scores (S, B)."""
    queries = np.ones((1, scores.shape[1], 1))
    if isinstance(kind, ScaledDot):
        return DotParams(np.ones((1, 1)), np.ones((1, 1))), queries, scores[:, :, None]
    return (
        AdditiveParams(np.zeros((1, 1)), np.ones((1, 1)), np.array([4e3])),
        queries,
        np.arctanh(scores / 4e3)[..., None],
    )


MASKS = {
    "full": np.ones((4, 1), bool),
    "padded behind": np.array([[True], [True], [True], [False]]),
    "padded in front": np.array([[False], [True], [True], [True]]),
    "with a hole": np.array([[True], [False], [True], [True]]),
    "one position": np.array([[False], [False], [True], [False]]),
    "nothing at all": np.zeros((4, 1), bool),
}


@each_kind
@pytest.mark.parametrize("level", [1000.0, -1000.0])
@pytest.mark.parametrize("name", MASKS)
def test_scores_of_a_thousand_give_the_weights_of_small_ones_under_any_mask(kind, level, name):
    """What all scores share changes nothing, and a score that is masked does not count, however large it is."""
    mask, small = MASKS[name], np.array([[0.5], [3.0], [-1.0], [2.0]])
    parts = np.where(mask, np.exp(small), 0)
    want = parts / max(parts.sum(), 1e-300)
    params, queries, keys = with_scores(kind, level + small)
    run = kind.forward(params, queries, np.where(mask[:, :, None], keys, np.inf), mask)
    np.testing.assert_allclose(run.weights[0].T, want, rtol=0, atol=1e-11)
    back = kind.backward(params, run, np.ones((1, 1, 1)))
    slopes = complex_step(lambda tree: kind.forward(*tree, mask).context.sum(), (params, queries, keys))
    assert relative_error(back.keys, slopes[2]) < 1e-9 and not back.keys[~mask].any()


@each_kind
def test_a_score_far_above_the_others_takes_it_all_unless_it_is_masked(kind):
    params, queries, keys = with_scores(kind, np.array([[1000.0], [-1000.0], [0.0], [-1000.0]]))
    hidden = np.array([[False], [True], [False], [True]])
    assert kind.forward(params, queries, keys).weights.ravel().tolist() == [1, 0, 0, 0]
    np.testing.assert_allclose(
        kind.forward(params, queries, keys, hidden).weights.ravel(), [0, 0.5, 0, 0.5], atol=1e-11
    )


@each_kind
def test_order_of_positions_does_not_matter(kind):
    params, queries, keys, _ = case(kind)
    order = np.random.default_rng(3).permutation(S)
    run, other = kind.forward(params, queries, keys, MASK), kind.forward(params, queries, keys[order], MASK[order])
    np.testing.assert_allclose(other.weights, run.weights[:, :, order], atol=1e-15)
    np.testing.assert_allclose(other.context, run.context, atol=1e-14)


@each_kind
@pytest.mark.parametrize("filler", [np.nan, np.inf, 1e300])
def test_padding_is_never_read_and_changes_nothing(kind, filler):
    params, queries, keys, d_context = case(kind)
    plain = kind.forward(params, queries, keys)
    padded = np.concatenate([keys, np.full((7, B, K), filler)])
    mask = np.arange(S + 7)[:, None] < np.full(B, S)
    run = kind.forward(params, queries, padded, mask)
    np.testing.assert_allclose(run.context, plain.context, rtol=1e-14)
    assert not run.keys[S:].any()
    got, want = kind.backward(params, run, d_context), kind.backward(params, plain, d_context)
    assert relative_error((got.params, got.queries, got.keys[:S]), (want.params, want.queries, want.keys)) < 1e-13


def test_the_scale_keeps_the_standard_deviation_of_scores_as_the_space_grows():
    rng = np.random.default_rng(0)
    spreads = []
    for size in (4, 64, 1024):
        params = ScaledDot().init(rng, 8, 8, size)
        run = ScaledDot().forward(params, rng.normal(size=(1, 200, 8)), rng.normal(size=(2, 200, 8)))
        spreads.append(np.log(run.weights[..., 0] / run.weights[..., 1]).std())
    assert max(spreads) / min(spreads) < 1.5, spreads  # without the scale the last would be 16 times the first


@each_kind
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_one_dtype_and_inputs_that_stay_as_they_were(kind, dtype):
    given = tree_map(lambda a: a.astype(dtype), case(kind))
    before = copy.deepcopy(given)
    for _, leaf in leaves(given):
        leaf.flags.writeable = False
    params, queries, keys, d_context = given
    run = kind.forward(params, queries, keys, MASK)
    found = (run.context, run.weights, tuple(kind.backward(params, run, d_context)))
    assert {leaf.dtype for _, leaf in leaves(found)} == {np.dtype(dtype)}
    assert {leaf.dtype for _, leaf in leaves(kind.init(np.random.default_rng(0), Q, K, A, dtype=dtype))} == {
        np.dtype(dtype)
    }
    tree_map(np.testing.assert_array_equal, given, before)


PARAMS, QUERIES, KEYS, D_CONTEXT = case(KINDS[0])
HOLED = np.ones((S, B), bool)
HOLED[1] = False


def holed_keys():
    keys = np.where(HOLED[:, :, None], KEYS, np.nan)
    keys[2, 0, 1] = np.nan  # behind the hole, where it is read
    return keys


BAD = {
    "queries has shape (3, 4, 3); expected": lambda: KINDS[0].forward(PARAMS, KEYS[:3], KEYS),
    "keys has shape (5, 3, 3); expected": lambda: KINDS[0].forward(PARAMS, QUERIES, KEYS[:, :3]),
    "keys has shape (0, 4, 3); expected (S, B, K)": lambda: KINDS[0].forward(PARAMS, QUERIES, KEYS[:0]),
    "mask has shape (4, 5); expected": lambda: KINDS[0].forward(PARAMS, QUERIES, KEYS, MASK.T),
    "keys[0, 0, 0] is nan": lambda: KINDS[0].forward(PARAMS, QUERIES, np.full_like(KEYS, np.nan)),
    "keys[2, 0, 1] is nan": lambda: KINDS[0].forward(PARAMS, QUERIES, holed_keys(), HOLED),
    "has dtype float32": lambda: KINDS[0].forward(PARAMS, QUERIES, KEYS.astype(np.float32)),
    "expected what init returns": lambda: KINDS[0].forward((1.0,), QUERIES, KEYS),
    "size is 0": lambda: KINDS[0].init(np.random.default_rng(0), 2, 3, 0),
    "d_context has shape (2, 4, 3); expected": (
        lambda: KINDS[0].backward(PARAMS, KINDS[0].forward(PARAMS, QUERIES, KEYS), D_CONTEXT[:2])
    ),
}


@pytest.mark.parametrize("words", BAD)
def test_errors_name_what_was_wrong(words):
    with pytest.raises(ValueError, match=re.escape(words)):
        BAD[words]()
