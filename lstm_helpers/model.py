"""A model: a recurrent layer between an optional embedding and a linear readout, with the gradient of the whole.

    tokens (T, B) → embedding → xs (T, B, D) → layer → output (T, B, H) → linear → y

The output is read at every step, y (T, B, K), or once for each sequence, y (B, K): at its last real step, or from the
mean of the outputs at all of its real steps.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import DTypeLike

from lstm_helpers import linear, losses
from lstm_helpers.arrays import Array, State, Tree, check_finite, check_size, describe
from lstm_helpers.layers import Layer
from lstm_helpers.layers.base import LayerTrace
from lstm_helpers.layers.ends import ends, last_steps
from lstm_helpers.through_time import MISSING, check_mask

_CHUNK = 2**15  # numbers of output in one chunk of a prediction, a few megabytes with everything that belongs to them


class Params(NamedTuple):
    """The learned parameters."""

    embedding: Tree  # linear.Embedding, or () without one
    layer: Tree
    readout: linear.Linear


class Batch(NamedTuple):
    """B sequences and their targets, time first."""

    xs: Array  # (T, B, D) floats, or (T, B) whole numbers for a model with an embedding
    targets: Array  # (T, B, K) or (B, K) floats for mse; (T, B) or (B,) whole numbers for cross_entropy
    mask: Array | None = None  # (T, B) bool: True where there is an input; None: everywhere


class LossFunction(Protocol):
    """Such as ``losses.mse`` and ``losses.cross_entropy``."""

    def __call__(self, y: Array, targets: Array, mask: Array | None = None) -> losses.Loss:
        """Give the loss and its gradient at y."""


class ModelRun(NamedTuple):
    """The result of a forward pass, with everything that the backward pass needs."""

    y: Array  # (T, B, K) or (B, K)
    trace: LayerTrace  # the layer's trace
    features: Array  # (T, B, H) or (B, H): the layer's outputs that the readout reads
    xs: Array  # the input: floats or tokens
    mask: Array | None


class Result(NamedTuple):
    """A loss, its gradient, and the last state."""

    loss: Any  # one number
    grads: Params
    state: State  # the layer's last state


@dataclass(frozen=True)
class Model:
    """A layer with a linear readout, and an embedding in front if its size is given.

    Parameters
    ----------
    layer : Layer
        Such as ``layers.Recurrent(lstm)``.
    at : "every", "last" or "mean"
        Where the output is read: at every step; at the last real step of each sequence; or from the mean of the outputs
        at its real steps. With "last", the backward direction of a bidirectional layer is read at the first real step,
        where it ends. A sequence without any real step is not counted in a loss; its output comes from the initial
        state ("last"), or from 0 in place of a mean.
    embedding_size : int, optional
        E; the model then reads tokens (T, B), whole numbers, instead of floats (T, B, D).
    """

    layer: Layer
    at: str = "every"
    embedding_size: int | None = None

    def __post_init__(self) -> None:
        if self.at not in ("every", "last", "mean"):
            raise ValueError(f"at is {self.at!r}; expected 'every', 'last' or 'mean'")
        if self.embedding_size is not None:
            check_size("embedding_size", self.embedding_size)

    def init(
        self,
        rng: np.random.Generator,
        input_size: int,
        hidden_size: int,
        output_size: int,
        *,
        dtype: DTypeLike = np.float64,
        **cell_options: object,
    ) -> Params:
        """Draw all weights: embedding, layer, readout, in this order.

        Parameters
        ----------
        rng : numpy.random.Generator
            The source of the random numbers.
        input_size, hidden_size, output_size : int
            D (or V, the size of the vocabulary, with an embedding), H and K.
        dtype : dtype
            A real float type.
        **cell_options
            Options of the cell's ``init``, such as ``forget_bias``.
        """
        embedding: linear.Embedding | tuple[()] = ()
        if self.embedding_size is not None:
            embedding = linear.embedding_init(rng, input_size, self.embedding_size, dtype=dtype)
            input_size = self.embedding_size
        layer = self.layer.init(rng, input_size, hidden_size, dtype=dtype, **cell_options)
        n_features = self.layer.output_size(input_size, hidden_size)
        return Params(embedding, layer, linear.init(rng, n_features, output_size, dtype=dtype))

    def zero_state(self, params: Params, xs: Array) -> State:
        """Give the layer's state before the first step of a batch like ``xs``, each array (B, ·)."""
        return self.layer.forward(params.layer, self._vectors(params, xs[:0], None)).state

    def forward(
        self,
        params: Params,
        xs: Array,
        state: State | None = None,
        mask: Array | None = None,
        rng: np.random.Generator | None = None,
    ) -> ModelRun:
        """Run over a batch.

        Parameters
        ----------
        params : Params
            The weights.
        xs : array
            (T, B, D) floats, or (T, B) whole numbers for a model with an embedding.
        state : optional
            The layer's initial state; zeros by default. Pass the last run's ``trace.state`` to continue.
        mask : bool array (T, B), optional
            False where there is no input; ``xs`` is never read there.
        rng : numpy.random.Generator, optional
            For dropout, in training. Without it nothing is dropped.

        Raises
        ------
        ValueError
            If an argument does not fit the model; the message names it.
        """
        _check_params(params)
        trace = self.layer.forward(params.layer, self._vectors(params, xs, mask), state, mask, rng)
        features = trace.output
        if self.at == "last":
            features = features[ends(trace, mask)]
        elif self.at == "mean":
            features = _mean(features, _mean_weights(features.shape[:2], mask))
        return ModelRun(linear.forward(params.readout, features), trace, features, xs, mask)

    def backward(self, params: Params, run: ModelRun, d_y: Array) -> Params:
        """Backpropagate ∂L/∂y, of the shape of ``run.y``, to every weight."""
        d_readout, d_features = linear.backward(params.readout, run.features, d_y)
        d_output = d_features
        if self.at == "last":
            d_output = np.zeros_like(run.trace.output, d_features.dtype)
            d_output[ends(run.trace, run.mask)] = d_features
        elif self.at == "mean":
            weights = _mean_weights(run.trace.output.shape[:2], run.mask)
            d_output = (weights[:, :, None] * d_features).astype(d_features.dtype)
        back = self.layer.backward(params.layer, run.trace, d_output)
        d_embedding: linear.Embedding | tuple[()] = ()
        if self.embedding_size:
            d_embedding = linear.embed_backward(params.embedding, run.xs, back.xs, run.mask)
        return Params(d_embedding, back.params, d_readout)

    def predict(self, params: Params, xs: Array, state: State | None = None, mask: Array | None = None) -> Array:
        """Give y: (T, B, K), or (B, K) if the output is read once. Nothing is dropped.

        A layer that is ``causal`` is run chunk by chunk, and no trace is stored: apart from xs and y, memory does not
        grow with T.
        """
        _check_params(params)
        numbers = int(np.prod(np.shape(xs)[1:2])) * len(params.readout.W_y)  # a step's output
        length = max(_CHUNK // max(numbers, 1), 16)
        if len(xs) <= length or not getattr(self.layer, "causal", False):
            return self.forward(params, xs, state, mask).y
        _check_whole(xs, mask)
        times, rows = last_steps(xs, mask)
        weights = _mean_weights(xs.shape[:2], mask) if self.at == "mean" else None
        answers, order = [], []
        for start in range(0, len(xs), length):
            chunk = slice(start, start + length)
            read = None if mask is None else mask[chunk]
            trace = self.layer.forward(params.layer, self._vectors(params, xs[chunk], read), state, read)
            state = trace.state
            if self.at == "every":
                answers.append(linear.forward(params.readout, trace.output))
            elif weights is not None:
                answers.append(_mean(trace.output, weights[chunk]))
            else:
                over = np.flatnonzero((times >= start) & (times < start + length))
                answers.append(trace.output[times[over] - start, rows[over]])
                order.append(over)
        if weights is not None:
            return linear.forward(params.readout, np.sum(answers, axis=0))
        y = np.concatenate(answers)
        return y if self.at == "every" else linear.forward(params.readout, y[np.argsort(np.concatenate(order))])

    def loss(
        self,
        params: Params,
        batch: Batch,
        loss: LossFunction,
        state: State | None = None,
        rng: np.random.Generator | None = None,
    ) -> Any:
        """Give the mean loss over the unmasked positions of a batch; arguments as in ``loss_and_grads``."""
        run = self.forward(params, batch.xs, state, batch.mask, rng)
        return loss(run.y, batch.targets, self._counted(batch.mask)).value

    def loss_and_grads(
        self,
        params: Params,
        batch: Batch,
        loss: LossFunction,
        state: State | None = None,
        rng: np.random.Generator | None = None,
    ) -> Result:
        """Give the loss of a batch and its gradient with respect to every weight.

        Parameters
        ----------
        params : Params
            The weights; never written to.
        batch : Batch
            Anything with ``xs``, ``targets`` and ``mask``.
        loss : function
            ``losses.mse`` or ``losses.cross_entropy``.
        state, rng
            As in ``forward``. No gradient goes back beyond ``state``.

        Returns
        -------
        Result
            ``loss`` one number, ``grads`` like ``params``, ``state`` the layer's last.
        """
        run = self.forward(params, batch.xs, state, batch.mask, rng)
        value, d_y = loss(run.y, batch.targets, self._counted(batch.mask))
        return Result(value, self.backward(params, run, d_y), run.trace.state)

    def _vectors(self, params: Params, xs: Array, mask: Array | None) -> Array:
        return linear.embed(params.embedding, xs, mask) if self.embedding_size else xs

    def _counted(self, mask: Array | None) -> Array | None:
        """Give the mask of the loss: all real steps, or all sequences that have one."""
        return mask if mask is None or self.at == "every" else np.any(mask, axis=0)


def _mean_weights(shape: tuple[int, ...], mask: Array | None) -> Array:
    """Give the weight of each step (T, B) in the mean over a sequence's real steps; all 0 if there is none."""
    if shape[0] == 0:
        raise ValueError("xs has T=0 steps; expected at least one, since the output is read from their mean")
    real = np.ones(shape) if mask is None else mask.astype(float)
    return np.asarray(real / np.maximum(real.sum(axis=0), 1.0))


def _mean(output: Array, weights: Array) -> Array:
    return np.asarray(np.einsum("tb,tbh->bh", weights, output), output.dtype)


def _check_params(params: object) -> None:
    if getattr(params, "_fields", None) != Params._fields:
        raise ValueError(f"params is {describe(params)}; expected Params(embedding, layer, readout), as from init")


def _check_whole(xs: Array, mask: Array | None) -> None:
    """Check the whole sequence before it is cut, so that an error names the right position."""
    if mask is not None:
        check_mask(mask, xs.reshape(*xs.shape[:2], -1))
    if xs.dtype.kind in "fc":
        check_finite("xs", xs, mask, MISSING)
