"""Encoder and decoder: from one sequence to another of its own length, with or without attention.

    encode   k_s = encoder(source)                                 the outputs at all positions
    hand on  state_0 = tanh(encoder outputs at the ends · W + b)
    decode   q_t = decoder(START, y_1, …, y_{t-1})                  in training the *right* y: teacher forcing
    attend   a_t = tanh([q_t, context_t] W_a + b_a)                 without attention a_t = q_t
    read out logits of y_t = a_t W_y + b_y

Sutskever, Vinyals and Le (2014); attention: Bahdanau, Cho and Bengio (2015), in the order of Luong, Pham and Manning
(2015): the decoder's steps do not depend on the context, so all of them are computed at once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from lstm_helpers import linear, losses
from lstm_helpers.activations import log_softmax, tanh, tanh_derivative
from lstm_helpers.arrays import TB, Array, State, Tree, check_same_dtype, check_size, describe, leaves, tree_map
from lstm_helpers.layers import Layer
from lstm_helpers.layers.base import LayerTrace
from lstm_helpers.layers.ends import ends

START, END = 0, 1  # in every target vocabulary: the decoder's first input, and the end of an answer


class Params(NamedTuple):
    """The learned parameters."""

    source: linear.Embedding
    target: linear.Embedding
    encoder: Tree
    hand_on: linear.Linear  # from the encoder's outputs at its ends to the decoder's initial state
    decoder: Tree
    attention: Tree  # () without it
    look: Tree  # Linear, () without attention
    readout: linear.Linear


class PairBatch(NamedTuple):
    """Pairs of sequences, time first, padded to the longest."""

    xs: Array  # (S, B) whole numbers: the source
    targets: Array  # (T, B) whole numbers: the answer, END its last
    mask: Array | None = None  # (S, B) bool: where the source is real; None: everywhere
    target_mask: Array | None = None  # (T, B) bool: where the answer is real, its END included; None: everywhere


class Encoded(NamedTuple):
    """The encoded source, from which a decoder starts."""

    trace: LayerTrace
    at: tuple[Array, ...]  # the index of the encoder's ends in its output
    ends: Array  # (B, ·): its outputs there
    flat: Array  # (B, n): the decoder's initial state, all arrays concatenated
    state: State


class Seq2SeqRun(NamedTuple):
    """The result of a forward pass, with everything that the backward pass needs."""

    y: Array  # (T, B, K) logits
    encoded: Encoded
    trace: LayerTrace  # the decoder's
    attended: Tree  # attention.Attended, () without it
    beside: Array  # (T, B, ·): [q, context] concatenated, or q alone
    features: Array  # (T, B, ·): the input of the readout
    fed: Array  # (T, B): the decoder's input tokens


class Result(NamedTuple):
    """A loss and its gradient, as for a Model, without a state to carry over."""

    loss: Any
    grads: Params
    state: tuple[()] = ()


class Answers(NamedTuple):
    """The generated answers."""

    tokens: Array  # (T, B) whole numbers; END where an answer has ended
    mask: Array  # (T, B) bool: the answer, its END included
    weights: Array | None  # (T, B, S): attention weights; None without attention


class Hypothesis(NamedTuple):
    """One candidate answer of a beam search."""

    tokens: tuple[int, ...]  # without START, with END if it was reached
    log_probability: float  # of all its tokens, in nats


@dataclass(frozen=True)
class Seq2Seq:
    """An encoder and a decoder with their embeddings, and attention between them if it is given.

    Parameters
    ----------
    encoder : Layer
        Any, such as ``Bidirectional(lstm)``.
    decoder : Layer
        A causal layer, such as ``Stacked(Recurrent(lstm), Recurrent(lstm))``.
    attention : Additive or ScaledDot, optional
        None: the decoder's initial state is a fixed-length context vector of the source.
    embedding_size : int
        E, of both vocabularies.
    """

    encoder: Layer
    decoder: Layer
    attention: Tree = None
    embedding_size: int = 16

    def __post_init__(self) -> None:
        check_size("embedding_size", self.embedding_size)
        if not getattr(self.decoder, "causal", False):
            raise ValueError(f"decoder is {self.decoder!r}; expected a causal layer: it must not read what it predicts")

    def init(
        self,
        rng: np.random.Generator,
        source_size: int,
        target_size: int,
        hidden_size: int,
        *,
        dtype: DTypeLike = np.float64,
        **cell_options: object,
    ) -> Params:
        """Draw all weights.

        Parameters
        ----------
        rng : numpy.random.Generator
            The source of the random numbers.
        source_size, target_size : int
            How many tokens each vocabulary has; START and END are in the target's.
        hidden_size : int
            H of encoder, decoder and attention.
        dtype : dtype
            A real float type.
        **cell_options
            Options of the cells' ``init``, such as ``forget_bias``.
        """
        E, H = self.embedding_size, hidden_size
        source, target = (linear.embedding_init(rng, size, E, dtype=dtype) for size in (source_size, target_size))
        encoder, decoder = (
            layer.init(rng, E, H, dtype=dtype, **cell_options) for layer in (self.encoder, self.decoder)
        )
        encoded_size, width = self.encoder.output_size(E, H), self.decoder.output_size(E, H)
        numbers = sum(leaf.shape[-1] for _, leaf in leaves(self._zero_state(decoder, 1, np.dtype(dtype))))
        hand_on = linear.init(rng, encoded_size, numbers, dtype=dtype)
        attention: Tree = ()
        look: Tree = ()
        if self.attention is not None:
            attention = self.attention.init(rng, width, encoded_size, H, dtype=dtype)
            look = linear.init(rng, width + encoded_size, H, dtype=dtype)
            width = H
        out = linear.init(rng, width, target_size, dtype=dtype)
        return Params(source, target, encoder, hand_on, decoder, attention, look, out)

    def encode(
        self, params: Params, xs: Array, mask: Array | None = None, rng: np.random.Generator | None = None
    ) -> Encoded:
        """Read the source (S, B), and compute the decoder's initial state."""
        _check_params(params)
        trace = self.encoder.forward(params.encoder, linear.embed(params.source, xs, mask), None, mask, rng)
        at = ends(trace, mask)
        flat = tanh(linear.forward(params.hand_on, trace.output[at]))
        return Encoded(trace, at, trace.output[at], flat, self._split(params, flat))

    def forward(self, params: Params, batch: PairBatch, rng: np.random.Generator | None = None) -> Seq2SeqRun:
        """Run over a batch, the decoder reading the right answers (teacher forcing); ``rng`` for dropout."""
        fed = np.concatenate([np.full_like(batch.targets[:1], START), batch.targets[:-1]])
        encoded = self.encode(params, batch.xs, batch.mask, rng)
        return self._write(params, encoded, encoded.state, fed, batch.mask, batch.target_mask, rng)

    def backward(self, params: Params, batch: PairBatch, run: Seq2SeqRun, d_y: Array) -> Params:
        """Backpropagate ∂L/∂y (T, B, K) to every weight."""
        d_readout, d_features = linear.backward(params.readout, run.features, d_y)
        d_attention: Tree = ()
        d_look: Tree = ()
        d_read = np.zeros_like(run.encoded.trace.output, d_features.dtype)
        d_q = d_features
        if self.attention is not None:
            d_look, d_beside = linear.backward(params.look, run.beside, d_features * tanh_derivative(run.features))
            width = run.trace.output.shape[-1]
            back = self.attention.backward(params.attention, run.attended, d_beside[..., width:])
            d_attention, d_q, d_read = back.params, d_beside[..., :width] + back.queries, d_read + back.keys
        written = self.decoder.backward(params.decoder, run.trace, np.ascontiguousarray(d_q))
        d_flat = np.concatenate([leaf for _, leaf in leaves(written.state)], axis=-1) * tanh_derivative(
            run.encoded.flat
        )
        d_hand_on, d_ends = linear.backward(params.hand_on, run.encoded.ends, d_flat)
        d_read[run.encoded.at] += d_ends
        read = self.encoder.backward(params.encoder, run.encoded.trace, d_read)
        return Params(
            linear.embed_backward(params.source, batch.xs, read.xs, batch.mask),
            linear.embed_backward(params.target, run.fed, written.xs, batch.target_mask),
            read.params,
            d_hand_on,
            written.params,
            d_attention,
            d_look,
            d_readout,
        )

    def loss_and_grads(
        self,
        params: Params,
        batch: PairBatch,
        loss: Callable[..., losses.Loss],
        state: State | None = None,
        rng: np.random.Generator | None = None,
    ) -> Result:
        """Give the loss of a PairBatch and its gradient, so that ``training.fit`` trains this as it trains a Model."""
        run = self.forward(params, batch, rng)
        value, d_y = loss(run.y, batch.targets, batch.target_mask)
        return Result(value, self.backward(params, batch, run, d_y))

    def loss(
        self, params: Params, batch: PairBatch, loss: Callable[..., losses.Loss], rng: np.random.Generator | None = None
    ) -> Any:
        """Give the mean loss over the unmasked positions of the answers."""
        return loss(self.forward(params, batch, rng).y, batch.targets, batch.target_mask).value

    def greedy(
        self,
        params: Params,
        xs: Array,
        mask: Array | None = None,
        *,
        longest: int = 50,
        encoded: Encoded | None = None,
    ) -> Answers:
        """Decode answers to the sources (S, B) greedily, until END or ``longest`` tokens.

        With ``encoded``, such as the result of ``encode`` with another ``state``, the sources are not read again: an
        intervention that separates the contributions of the initial state and of attention.
        """
        check_size("longest", longest)
        encoded = self.encode(params, xs, mask) if encoded is None else encoded
        state, last = encoded.state, np.full(np.shape(xs)[1], START)
        tokens: list[Array] = []
        reals: list[Array] = []
        looks: list[Array] = []
        open_ = np.ones(len(last), np.bool_)
        while len(tokens) < longest and open_.any():
            run = self._write(params, encoded, state, last[None], mask, None, None)
            state = run.trace.state
            last = np.where(open_, run.y[0].argmax(axis=-1), END)
            tokens.append(last)
            reals.append(open_)
            if self.attention is not None:
                looks.append(run.attended.weights[0])
            open_ = open_ & (last != END)
        return Answers(np.stack(tokens), np.stack(reals), np.stack(looks) if looks else None)

    def beam(self, params: Params, source: Array, width: int, *, longest: int = 50) -> list[Hypothesis]:
        """Find likely answers to one source (S,) by beam search with ``width`` hypotheses.

        Returns
        -------
        list of Hypothesis
            At most ``width``, the likeliest first. With a width of 1 this is the greedy answer. A wider beam need not
            contain the greedy answer, since the best beginning need not have the best continuation.
        """
        check_size("width", width)
        check_size("longest", longest)
        if np.ndim(source) != 1:
            raise ValueError(f"source has shape {np.shape(source)}; expected one sequence (S,), such as xs[:, 0]")
        encoded = self.encode(params, source[:, None])
        state = encoded.state
        running, done = [Hypothesis((), 0.0)], []
        for _ in range(longest):
            last = np.array([one.tokens[-1] if one.tokens else START for one in running])
            run = self._write(params, _repeat(encoded, len(running)), state, last[None], None, None, None)
            log_probabilities = np.array([one.log_probability for one in running])[:, None] + log_softmax(run.y[0])
            best = np.argsort(-log_probabilities, axis=None, kind="stable")[:width]
            rows, words = np.unravel_index(best, log_probabilities.shape)
            grown = [
                Hypothesis((*running[r].tokens, int(w)), float(log_probabilities[r, w]))
                for r, w in zip(rows, words, strict=True)
            ]
            done += [one for one in grown if one.tokens[-1] == END]
            unfinished = [k for k, one in enumerate(grown) if one.tokens[-1] != END]
            running = [grown[k] for k in unfinished]
            done = sorted(done, key=lambda one: -one.log_probability)[:width]
            # No continuation is likelier than its beginning.
            if not running or (len(done) == width and running[0].log_probability <= done[-1].log_probability):
                break
            state = tree_map(lambda leaf: leaf[rows[unfinished]], run.trace.state)  # noqa: B023
        return sorted(done + running, key=lambda one: -one.log_probability)[:width]

    def _write(
        self,
        params: Params,
        encoded: Encoded,
        state: State,
        fed: Array,
        mask: TB | None,
        target_mask: TB | None,
        rng: np.random.Generator | None,
    ) -> Seq2SeqRun:
        trace = self.decoder.forward(
            params.decoder, linear.embed(params.target, fed, target_mask), state, target_mask, rng
        )
        beside = features = trace.output
        attended: Tree = ()
        if self.attention is not None:
            attended = self.attention.forward(params.attention, trace.output, encoded.trace.output, mask)
            beside = np.concatenate([trace.output, attended.context], axis=-1)
            features = tanh(linear.forward(params.look, beside))
        return Seq2SeqRun(linear.forward(params.readout, features), encoded, trace, attended, beside, features, fed)

    def _zero_state(self, decoder: Params, batch_size: int, dtype: DTypeLike) -> State:
        return self.decoder.forward(decoder, np.zeros((0, batch_size, self.embedding_size), dtype)).state

    def _split(self, params: Params, flat: Array) -> State:
        """Cut (B, n) into the arrays of the decoder's state."""
        used = 0

        def take(leaf: Array) -> Array:
            nonlocal used
            used += leaf.shape[-1]
            return np.ascontiguousarray(flat[:, used - leaf.shape[-1] : used])

        zero = self._zero_state(params.decoder, len(flat), params.target.W_e.dtype)
        return tree_map(take, zero)


class _Outputs(NamedTuple):
    output: Array


def _repeat(encoded: Encoded, count: int) -> Encoded:
    """Repeat the encoder's outputs of one sequence along the batch, once for each hypothesis."""
    return encoded._replace(trace=_Outputs(np.repeat(encoded.trace.output, count, axis=1)))


def _check_params(params: object) -> None:
    if getattr(params, "_fields", None) != Params._fields:
        raise ValueError(f"params is {describe(params)}; expected Params({', '.join(Params._fields)}), as from init")
    check_same_dtype(params=params)
