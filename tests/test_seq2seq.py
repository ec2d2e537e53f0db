"""An encoder and a decoder with attention: exact gradients, and searches that find the right answers."""

import itertools
import re

import numpy as np
import pytest

from lstm_helpers import linear, losses, seq2seq, training
from lstm_helpers.activations import log_softmax
from lstm_helpers.arrays import tree_map
from lstm_helpers.cells import gru, lstm, rnn
from lstm_helpers.gradcheck import complex_step, relative_error
from lstm_helpers.layers import Bidirectional, Dropout, Recurrent, Residual, Stacked
from lstm_helpers.seq2seq import END, START, PairBatch, Seq2Seq
from lstm_helpers.seq2seq.attention import Additive, ScaledDot

S, T, B, SOURCE, TARGET, H = 5, 4, 3, 6, 5, 3
NETS = {
    "plain": Seq2Seq(Recurrent(lstm), Recurrent(lstm), None, 2),
    "additive": Seq2Seq(Bidirectional(lstm), Stacked(Recurrent(lstm), Residual(Recurrent(lstm))), Additive(), 2),
    "dot": Seq2Seq(Bidirectional(gru), Recurrent(rnn), ScaledDot(), 2),
    "dropout": Seq2Seq(Stacked(Dropout(0.2), Bidirectional(rnn)), Stacked(Recurrent(gru), Dropout(0.3)), Additive(), 2),
}
each_net = pytest.mark.parametrize("name", NETS)


def batch(seed=0, masked=True):
    rng = np.random.default_rng(seed)
    xs, targets = rng.integers(SOURCE, size=(S, B)), rng.integers(TARGET, size=(T, B))
    if not masked:
        return PairBatch(xs, targets)
    mask = np.arange(S)[:, None] < np.array([5, 2, 3])
    target_mask = np.arange(T)[:, None] < np.array([2, 4, 1])
    return PairBatch(np.where(mask, xs, -7), np.where(target_mask, targets, 99), mask, target_mask)


def drawn(net, seed=1):
    params = net.init(np.random.default_rng(seed), SOURCE, TARGET, H)
    return tree_map(lambda a: a + 0.5 * np.random.default_rng(2).normal(size=a.shape), params)


@each_net
@pytest.mark.parametrize("masked", [False, True])
def test_every_gradient_equals_the_complex_step(name, masked):
    net, pairs = NETS[name], batch(masked=masked)
    params = drawn(net)
    got = net.loss_and_grads(params, pairs, losses.cross_entropy, rng=np.random.default_rng(3))
    want = complex_step(lambda p: net.loss(p, pairs, losses.cross_entropy, np.random.default_rng(3)), params)
    assert relative_error(got.grads, want) < 1e-10
    assert got.loss == net.loss(params, pairs, losses.cross_entropy, np.random.default_rng(3))


@each_net
def test_padding_of_source_and_answer_changes_nothing(name):
    net, pairs = NETS[name], batch()
    params = drawn(net)
    want = net.loss_and_grads(params, pairs, losses.cross_entropy)
    more = PairBatch(*[np.concatenate([a, np.full((9, B), fill, a.dtype)])
                   for a, fill in zip(pairs, (-1, -1, False, False), strict=True)])  # fmt: skip
    got = net.loss_and_grads(params, more, losses.cross_entropy)
    assert relative_error((got.loss, got.grads), (want.loss, want.grads)) < 1e-13


def test_without_attention_the_decoder_depends_on_the_source_through_its_initial_state():
    net = NETS["plain"]
    params = drawn(net)
    run = net.forward(params, batch(masked=False))
    h, c = (
        np.tanh(run.encoded.trace.h[-1] @ params.hand_on.W_y + params.hand_on.b_y)[:, k * H : k * H + H] for k in (0, 1)
    )
    same = net.decoder.forward(params.decoder, params.target.W_e[run.fed], lstm.State(h, c))
    np.testing.assert_allclose(run.y, linear.forward(params.readout, same.output), rtol=1e-14)


def test_the_decoder_reads_the_right_answer_one_step_late():
    net, pairs = NETS["additive"], batch(masked=False)
    params = drawn(net)
    run = net.forward(params, pairs)
    np.testing.assert_array_equal(run.fed, np.concatenate([np.full((1, B), START), pairs.targets[:-1]]))
    last = pairs.targets.copy()
    last[-1] = (last[-1] + 1) % TARGET
    np.testing.assert_array_equal(net.forward(params, pairs._replace(targets=last)).y, run.y)


def log_probability(net, params, source, tokens):
    """The probability of one answer, by one run with the answer given."""
    targets = np.array(tokens)[:, None]
    y = net.forward(params, PairBatch(source[:, None], targets)).y
    return float(np.take_along_axis(log_softmax(y), targets[..., None], axis=-1).sum())


@each_net
def test_a_beam_of_one_is_the_greedy_answer(name):
    net = NETS[name]
    for seed in range(6):
        params, pairs = drawn(net, seed), batch(seed)
        answers = net.greedy(params, pairs.xs, pairs.mask, longest=6)
        for k in range(B):
            source = pairs.xs[pairs.mask[:, k], k]
            (best,) = net.beam(params, source, 1, longest=6)
            assert best.tokens == tuple(answers.tokens[answers.mask[:, k], k])
            assert best.log_probability == pytest.approx(log_probability(net, params, source, best.tokens), abs=1e-12)


@each_net
def test_a_beam_wide_enough_finds_the_likeliest_of_all_answers(name):
    net, longest = NETS[name], 3
    complete = [
        tokens
        for length in range(1, longest + 1)
        for tokens in itertools.product(range(TARGET), repeat=length)
        if END not in tokens[:-1] and (length == longest or tokens[-1] == END)
    ]
    for seed in range(3):
        params, source = drawn(net, seed), batch(seed).xs[:, 0]
        everything = sorted(
            ((log_probability(net, params, source, tokens), tokens) for tokens in complete), reverse=True
        )
        assert sum(np.exp(chance) for chance, _ in everything) == pytest.approx(1, abs=1e-12)
        found = net.beam(params, source, TARGET**longest, longest=longest)
        assert [one.tokens for one in found[:10]] == [tokens for _, tokens in everything[:10]]
        np.testing.assert_allclose(
            [one.log_probability for one in found], [probability for probability, _ in everything], atol=1e-12
        )


@pytest.mark.parametrize("width", [1, 2, 3])
def test_a_beam_that_stops_early_misses_nothing(width):
    """Against the same search without a stop, each beginning weighed by a run of its own."""
    net, longest = NETS["dot"], 4
    for seed in range(8):
        params, source = drawn(net, seed), batch(seed).xs[:, 0]
        running, done = [((), 0.0)], []
        for _ in range(longest):
            grown = [(*tokens, word) for tokens, _ in running for word in range(TARGET)]
            weighed = sorted(((log_probability(net, params, source, tokens), tokens) for tokens in grown), reverse=True)
            running = [(tokens, chance) for chance, tokens in weighed[:width]]
            done += [one for one in running if one[0][-1] == END]
            running = [one for one in running if one[0][-1] != END]
        want = sorted(done + running, key=lambda one: -one[1])[:width]
        assert [one.tokens for one in net.beam(params, source, width, longest=longest)] == [
            tokens for tokens, _ in want
        ]


def test_a_beam_of_two_can_find_what_greedy_decoding_misses():
    net, better = NETS["plain"], 0
    for seed in range(20):
        params, source = drawn(net, seed), batch(seed).xs[:, 0]
        narrow, wide = (net.beam(params, source, width, longest=4)[0].log_probability for width in (1, 4))
        better += wide > narrow + 1e-9
    assert better >= 3


def test_greedy_returns_attention_weights():
    pairs, net = batch(), NETS["additive"]
    answers = net.greedy(drawn(net), pairs.xs, pairs.mask, longest=6)
    assert answers.weights.shape == (*answers.tokens.shape[:1], B, S)
    np.testing.assert_allclose(answers.weights.sum(axis=-1), 1, rtol=1e-14)
    assert not answers.weights[:, ~pairs.mask.T].any()
    assert np.all(answers.tokens[~answers.mask] == END)
    assert NETS["plain"].greedy(drawn(NETS["plain"]), pairs.xs, pairs.mask).weights is None


@pytest.mark.parametrize("name", ["plain", "additive"])
def test_an_answer_that_has_ended_stays_ended_while_others_go_on(name):
    """Side by side, sources whose answers differ in length get the answers they get alone, and then END."""
    net, longest = NETS[name], 6
    for seed in range(40):
        params, pairs = tree_map(lambda a: 4 * a, drawn(net, seed)), batch(seed)
        together = net.greedy(params, pairs.xs, pairs.mask, longest=longest)
        lengths = together.mask.sum(axis=0)
        if lengths.min() < lengths.max() and lengths.max() > 2:
            break
    else:
        raise AssertionError("no batch whose answers end apart: the test shows nothing")
    for b in range(B):
        alone = net.greedy(params, pairs.xs[:, b : b + 1], pairs.mask[:, b : b + 1], longest=longest)
        assert together.tokens[: lengths[b], b].tolist() == alone.tokens[:, 0].tolist()
        assert (together.tokens[lengths[b] :, b] == END).all()
        np.testing.assert_array_equal(together.mask[:, b], np.arange(len(together.mask)) < lengths[b])


@pytest.mark.parametrize(
    "encoder",
    [
        Recurrent(lstm),
        Bidirectional(gru),
        Stacked(Recurrent(lstm), Residual(Recurrent(lstm))),
        Stacked(Bidirectional(rnn), Residual(Bidirectional(rnn))),
        Stacked(Recurrent(lstm), Dropout(0.3)),
        Stacked(Bidirectional(gru), Dropout(0.3)),
    ],
    ids=repr,
)
def test_the_initial_state_comes_from_each_sources_end(encoder):
    """Each padded source passes on what it passes on alone, without its padding, in front, in the middle or behind."""
    net = Seq2Seq(encoder, Recurrent(lstm), None, 2)
    params, pairs = drawn(net), batch(masked=False)
    mask = np.array([[1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [1, 0, 1, 1, 0]], bool).T
    encoded = net.encode(params, np.where(mask, pairs.xs, 99), mask)
    for b in range(B):
        alone = net.encode(params, pairs.xs[mask[:, b], b][:, None])
        assert relative_error(tree_map(lambda a, b=b: a[b : b + 1], encoded.state), alone.state) < 1e-13
        assert relative_error(encoded.ends[b : b + 1], alone.ends) < 1e-13


def test_it_learns_to_reverse_a_sequence():
    """With fit, and with attention that looks from the end to the beginning."""
    net = Seq2Seq(Bidirectional(lstm), Recurrent(lstm), ScaledDot(), 8)
    params = net.init(np.random.default_rng(0), 6, 8, 16)

    def batches(step):
        xs = np.random.default_rng([5, step]).integers(6, size=(4, 32))
        return PairBatch(xs, np.concatenate([xs[::-1] + 2, np.full((1, 32), END)]))

    params = training.train(net, params, batches, losses.cross_entropy, training.adam(0.02), 150).params
    pairs = batches(10**6)
    answers = net.greedy(params, pairs.xs, longest=8)
    right = (answers.tokens[:5] == pairs.targets[: len(answers.tokens)]).all(axis=0)
    assert right.mean() > 0.9
    looked = answers.weights[:4].argmax(axis=-1)
    assert (looked == np.array([3, 2, 1, 0])[:, None]).mean() > 0.6


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_one_dtype(dtype):
    net = NETS["additive"]
    params = net.init(np.random.default_rng(0), SOURCE, TARGET, H, dtype=dtype)
    result = net.loss_and_grads(params, batch(), losses.cross_entropy)
    assert {leaf.dtype for leaf in map(np.asarray, (result.grads.source.W_e, result.grads.look.W_y))} == {
        np.dtype(dtype)
    }
    assert result.grads.encoder[0].W_x.dtype == dtype


NET = NETS["plain"]
PARAMS = drawn(NET)
BAD = {
    "decoder is Bidirectional(lstm); expected a causal layer": lambda: Seq2Seq(Recurrent(lstm), Bidirectional(lstm)),
    "embedding_size is 0": lambda: Seq2Seq(Recurrent(lstm), Recurrent(lstm), embedding_size=0),
    "params is a tuple of 0; expected Params(source, target": lambda: NET.greedy((), batch().xs),
    "source has shape (5, 3); expected one sequence": lambda: NET.beam(PARAMS, np.abs(batch(masked=False).xs), 2),
    "width is 0": lambda: NET.beam(PARAMS, batch(masked=False).xs[:, 0], 0),
    "longest is 0": lambda: NET.greedy(PARAMS, batch(masked=False).xs, longest=0),
    "tokens": lambda: NET.greedy(PARAMS, batch(masked=False).xs + 5),
}


@pytest.mark.parametrize("words", BAD)
def test_errors_name_what_was_wrong(words):
    with pytest.raises(ValueError, match=re.escape(words)):
        BAD[words]()


def test_start_and_end_differ():
    assert (seq2seq.START, seq2seq.END) == (0, 1)


@each_net
def test_greedy_from_what_was_encoded(name):
    """The encoded source gives the same answer; without attention, another's initial state gives that one's answer."""
    net, one, two = NETS[name], batch(1), batch(2)
    params = drawn(net)
    first, second = net.encode(params, one.xs, one.mask), net.encode(params, two.xs, two.mask)
    mine, other = (net.greedy(params, b.xs, b.mask, longest=6) for b in (one, two))
    again = net.greedy(params, one.xs, one.mask, longest=6, encoded=first)
    np.testing.assert_array_equal(again.tokens, mine.tokens)
    mixed = net.greedy(params, one.xs, one.mask, longest=6, encoded=first._replace(state=second.state))
    if net.attention is None:
        np.testing.assert_array_equal(mixed.tokens, other.tokens)
    else:
        np.testing.assert_array_equal(again.weights, mine.weights)
        assert not np.allclose(mixed.weights[0], mine.weights[0], rtol=0, atol=1e-6), "the state is not used"
