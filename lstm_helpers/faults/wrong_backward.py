"""Backward passes of one step, each with one fault; its docstring names the fault and its symptom.

All replace ``lstm.backward``.
"""

import numpy as np

from lstm_helpers.activations import sigmoid, sigmoid_derivative, tanh, tanh_derivative
from lstm_helpers.arrays import Array, tree_map
from lstm_helpers.cells import lstm
from lstm_helpers.cells.lstm import Params, State, Step

Gradients = tuple[Params, State, Array]  # d_params, d_previous, d_x


def _parts(step: Step, d_state: State) -> tuple[Array, dict[str, Array]]:
    """Compute the first half correctly: dc, and the gradients of gates and candidate."""
    tanh_c = tanh(step.c)
    dc = d_state.c + d_state.h * step.o * tanh_derivative(tanh_c)
    return dc, {"i": dc * step.g, "f": dc * step.previous.c, "g": dc * step.i, "o": d_state.h * tanh_c}


def _derivatives(step: Step) -> dict[str, Array]:
    return {"g": tanh_derivative(step.g)} | {name: sigmoid_derivative(getattr(step, name)) for name in "ifo"}


def _rest(
    params: Params, step: Step, dc: Array, parts: dict[str, Array], derivatives: dict[str, Array] | None = None
) -> Gradients:
    """Compute the linear second half correctly."""
    derivatives = _derivatives(step) if derivatives is None else derivatives
    dz = np.concatenate([parts[name] * derivatives[name] for name in lstm.BLOCKS], axis=1)
    d_params = Params(step.x.T @ dz, step.previous.h.T @ dz, dz.sum(axis=0))
    return d_params, State(dz @ params.W_h.T, dc * step.f), dz @ params.W_x.T


def _from_dc(params: Params, step: Step, dc: Array, do: Array) -> Gradients:
    """Compute everything but dc and do correctly."""
    return _rest(params, step, dc, {"i": dc * step.g, "f": dc * step.previous.c, "g": dc * step.i, "o": do})


# The gradient of the cell state


def tanh_derivative_forgotten(params: Params, step: Step, d_state: State) -> Gradients:
    """Leave the derivative of tanh(c) out of dc: after one step only the output gate is right."""
    return _from_dc(params, step, d_state.c + d_state.h * step.o, d_state.h * tanh(step.c))


def hidden_path_forgotten(params: Params, step: Step, d_state: State) -> Gradients:
    """Let no gradient flow from h into c: with a loss on h, only the output gate learns at the last step."""
    return _from_dc(params, step, d_state.c, d_state.h * tanh(step.c))


def cell_state_path_forgotten(params: Params, step: Step, d_state: State) -> Gradients:
    """Let no gradient flow from the next step's c: one step is right, but no gradient flows along the cell state."""
    dc = d_state.h * step.o * tanh_derivative(tanh(step.c))
    return _from_dc(params, step, dc, d_state.h * tanh(step.c))


def dh_overwritten_too_early(params: Params, step: Step, d_state: State) -> Gradients:
    """Overwrite dh before dc has used it: after one step only the output gate is right."""
    dh = d_state.h
    do = dh * tanh(step.c)
    W_o = params.W_h[:, -dh.shape[1] :]
    dh = (do * sigmoid_derivative(step.o)) @ W_o.T
    return _from_dc(params, step, d_state.c + dh * step.o * tanh_derivative(tanh(step.c)), do)


def cell_state_gradient_dropped(params: Params, step: Step, d_state: State) -> Gradients:
    """Return no gradient for c: the weights are right for one step; earlier steps get a gradient through W_h only."""
    d_params, d_previous, d_x = lstm.backward(params, step, d_state)
    return d_params, d_previous._replace(c=np.zeros_like(d_previous.c)), d_x


def forget_gate_skipped(params: Params, step: Step, d_state: State) -> Gradients:
    """Return dc without the factor f: the weights are right for one step; along c the gradient never decays."""
    d_params, d_previous, d_x = lstm.backward(params, step, d_state)
    dc, _ = _parts(step, d_state)
    return d_params, d_previous._replace(c=dc), d_x


# Gates, candidate and their derivatives


def cell_state_off_by_one(params: Params, step: Step, d_state: State) -> Gradients:
    """Use c_t where c_{t-1} belongs: the forget gate's gradient is not 0 where c_{t-1} is 0."""
    dc, parts = _parts(step, d_state)
    return _rest(params, step, dc, parts | {"f": dc * step.c})


def derivative_applied_twice(params: Params, step: Step, d_state: State) -> Gradients:
    """Multiply the input gate's gradient by its derivative twice: after one step only that block is wrong."""
    dc, parts = _parts(step, d_state)
    return _rest(params, step, dc, parts | {"i": parts["i"] * sigmoid_derivative(step.i)})


def sigmoid_derivative_for_candidate(params: Params, step: Step, d_state: State) -> Gradients:
    """Use the derivative g(1 - g) of sigmoid for the candidate: after one step only that block is wrong."""
    dc, parts = _parts(step, d_state)
    return _rest(params, step, dc, parts, _derivatives(step) | {"g": sigmoid_derivative(step.g)})


def derivative_at_the_output(params: Params, step: Step, d_state: State) -> Gradients:
    """Squash the gates again before taking the derivative: the three gates are wrong, the candidate is right."""
    dc, parts = _parts(step, d_state)
    again = {name: sigmoid_derivative(sigmoid(getattr(step, name))) for name in "ifo"}
    return _rest(params, step, dc, parts, _derivatives(step) | again)


# What is returned


def recurrent_weights_transposed(params: Params, step: Step, d_state: State) -> Gradients:
    """Multiply dz by W_h instead of its transpose, block by block: the weights are right for one step only."""
    d_params, d_previous, d_x = lstm.backward(params, step, d_state)
    blocks = [block.T for block in np.split(params.W_h, 4, axis=1)]
    _, wrong, _ = lstm.backward(params._replace(W_h=np.concatenate(blocks, axis=1)), step, d_state)
    return d_params, d_previous._replace(h=wrong.h), d_x


def hidden_gradient_dropped(params: Params, step: Step, d_state: State) -> Gradients:
    """Return no gradient for h, only for c: the weights are right for one step, but not for two."""
    d_params, d_previous, d_x = lstm.backward(params, step, d_state)
    return d_params, d_previous._replace(h=np.zeros_like(d_previous.h)), d_x


def bias_gradient_never_written(params: Params, step: Step, d_state: State) -> Gradients:
    """Return zeros for the bias: all other gradients are right, and the biases keep their initial values."""
    d_params, d_previous, d_x = lstm.backward(params, step, d_state)
    return d_params._replace(b=np.zeros_like(d_params.b)), d_previous, d_x


def recurrent_weights_see_new_h(params: Params, step: Step, d_state: State) -> Gradients:
    """Multiply dz by h_t instead of h_{t-1}: only W_h is wrong, and its gradient is not 0 at a first step."""
    d_params, d_previous, d_x = lstm.backward(params, step, d_state)
    wrong, _, _ = lstm.backward(params, step._replace(previous=step.previous._replace(h=step.h)), d_state)
    return d_params._replace(W_h=wrong.W_h), d_previous, d_x


def divided_by_batch_size(params: Params, step: Step, d_state: State) -> Gradients:
    """Average over the batch where the loss sums: right for one sequence, half the right gradient for two."""
    d_params, d_previous, d_x = lstm.backward(params, step, d_state)
    return tree_map(lambda a: a / len(step.x), d_params), d_previous, d_x
