"""An exercise on gradients: backpropagate through a step of the vanilla RNN."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from lstm_helpers.activations import tanh, tanh_derivative
from lstm_helpers.arrays import Array
from lstm_helpers.cells import rnn
from lstm_helpers.exercises.checker import Case, Exercise, Misconception


class _Gradients(NamedTuple):
    """The results of the function, in this order."""

    d_W_x: Array  # (D, H)
    d_W_h: Array  # (H, H)
    d_b: Array  # (H,)
    d_h_previous: Array  # (B, H)
    d_x: Array  # (B, D)


Backward = Callable[[rnn.Params, rnn.Step, Array], _Gradients]
Part = Callable[[rnn.Params, rnn.Step, Array], Array]


def _derivative(step: rnn.Step) -> Array:
    return np.asarray(tanh_derivative(step.h))


def _from(find_dz: Part) -> Backward:
    """Make a backward pass from a function that computes ∂L/∂z, right or wrong; everything after it is right."""

    def rnn_backward(params: rnn.Params, step: rnn.Step, d_h: Array) -> _Gradients:
        dz = find_dz(params, step, d_h)
        return _Gradients(
            d_W_x=step.x.T @ dz,
            d_W_h=step.previous.h.T @ dz,
            d_b=dz.sum(axis=0),
            d_h_previous=dz @ params.W_h.T,
            d_x=dz @ params.W_x.T,
        )

    return rnn_backward


_rnn_backward = _from(lambda params, step, d_h: d_h * _derivative(step))


def _but(**parts: Part) -> Backward:
    """Make a backward pass that is right except for the given parts, functions of (params, step, dz)."""

    def rnn_backward(params: rnn.Params, step: rnn.Step, d_h: Array) -> _Gradients:
        dz = d_h * _derivative(step)
        return _rnn_backward(params, step, d_h)._replace(**{k: part(params, step, dz) for k, part in parts.items()})

    return rnn_backward


def _derivative_from_z(params: rnn.Params, step: rnn.Step, d_h: Array) -> Array:
    z = step.x @ params.W_x + step.previous.h @ params.W_h + params.b
    return np.asarray(d_h * (1 - z**2))


def _without_derivative(*parts: str) -> Backward:
    """Make a backward pass in which some parts are computed from ∂L/∂h instead of ∂L/∂z."""

    def rnn_backward(params: rnn.Params, step: rnn.Step, d_h: Array) -> _Gradients:
        bare = _from(lambda params, step, d_h: d_h)(params, step, d_h)
        return _rnn_backward(params, step, d_h)._replace(**{part: getattr(bare, part) for part in parts})

    return rnn_backward


def _wrong_sign(params: rnn.Params, step: rnn.Step, d_h: Array) -> _Gradients:
    return _Gradients(*(-part for part in _rnn_backward(params, step, d_h)))


def _swapped(first: str, second: str) -> Backward:
    """Make a backward pass that exchanges two parts."""

    def rnn_backward(params: rnn.Params, step: rnn.Step, d_h: Array) -> _Gradients:
        parts = _rnn_backward(params, step, d_h)
        return parts._replace(**{first: getattr(parts, second), second: getattr(parts, first)})

    return rnn_backward


def _x_for_h(params: rnn.Params, step: rnn.Step, d_h: Array) -> _Gradients:
    right = _rnn_backward(params, step, d_h)
    return _Gradients(right.d_W_h, right.d_W_x, right.d_b, right.d_x, right.d_h_previous)


def _carried_along(params: rnn.Params, step: rnn.Step, d_h: Array) -> _Gradients:
    right = _rnn_backward(params, step, d_h)
    return right._replace(d_h_previous=d_h + right.d_h_previous)


def _cases(rng: np.random.Generator) -> list[Case]:
    def case(batch_size: int, input_size: int, hidden_size: int) -> Case:
        params = rnn.init(rng, input_size, hidden_size)
        params = params._replace(b=rng.normal(size=hidden_size).round(2))
        before = rnn.State(rng.uniform(-1, 1, (batch_size, hidden_size)))
        step = rnn.forward(params, before, rng.normal(size=(batch_size, input_size)))
        return params, step, rng.normal(size=(batch_size, hidden_size))

    by_hand = rnn.Params(np.array([[0.75]]), np.array([[-2.0]]), np.array([0.25]))
    start, x = rnn.State(np.array([[0.5]])), np.array([[2.0]])
    # Where B, D and H are equal every shape fits and only the numbers tell a transposed matrix; where they differ the
    # shapes do. Both kinds of cases are needed.
    first = (by_hand, rnn.forward(by_hand, start, x), np.array([[0.4]]))
    return [first, case(1, 3, 3), case(3, 3, 3), case(2, 2, 2), case(2, 3, 2), case(1, 2, 3), case(4, 2, 3)]


_TRANSPOSED = (
    "Hint: the product was h @ W, so unit j acts through row j of W; its gradient returns through the same row."
)
_MEAN = "Hint: the loss is one number for all B rows. If it is a mean, d_h includes the factor already; just add up."
_CHANGED_PLACES = "Hint: W_x multiplied x, and W_h the previous state; each gradient has the shape of its matrix."

rnn_backward = Exercise(
    name="rnn_backward",
    arguments=("params", "step", "d_h"),
    right=_rnn_backward,
    misconceptions=(
        Misconception(
            _from(lambda params, step, d_h: d_h),
            "Your gradient ignores tanh: you use d_h in place of dz.\n"
            "Hint: h = tanh(z); if z grows a little, by how much does h grow?",
        ),
        Misconception(
            _from(_derivative_from_z),
            "You compute 1 − z²: the formula of the derivative with the input of tanh in it. (For |z| > 1 that is "
            "negative, but tanh never falls.) Hint: the short formula of the derivative uses the output of tanh.",
        ),
        Misconception(
            _from(lambda params, step, d_h: d_h * tanh_derivative(tanh(step.h))),
            "You apply tanh once more before taking the derivative: step.h already is the output of tanh.\n"
            "Hint: the derivative of tanh at z is 1 − tanh(z)²; which array holds tanh(z)?",
        ),
        Misconception(
            _from(lambda params, step, d_h: d_h * step.h * (1 - step.h)),
            "That is the derivative of sigmoid, s(1 − s). The activation function of this cell is tanh.\n"
            "Hint: at h = 0 the derivative of tanh is 1; what does yours give there?",
        ),
        Misconception(
            _from(lambda params, step, d_h: d_h * (1 - step.h)),
            "Your derivative lacks a square: 1 − h differs for h = 0.5 and h = −0.5, but tanh is equally steep there.\n"
            "Hint: what is the derivative of tanh, as a function of its output?",
        ),
        Misconception(
            _from(lambda params, step, d_h: d_h * _derivative(step) ** 2),
            "You multiply by the derivative of tanh twice. The backward pass visits each node of the graph once.\n"
            "Hint: does a function that you call apply the derivative already?",
        ),
        Misconception(
            _from(lambda params, step, d_h: d_h * tanh_derivative(step.previous.h)),
            "You take the derivative of tanh at the previous state, which is the output of another step.\n"
            "Hint: step has two states; which of them did this step's tanh return?",
        ),
        Misconception(
            _from(lambda params, step, d_h: _derivative(step)),
            "Your dz does not depend on d_h: you have the step's own derivative, but not the gradient that arrives "
            "from the rest of the network. Hint: the chain rule multiplies the two.",
        ),
        Misconception(
            _wrong_sign,
            "All your gradients have the wrong sign. A gradient points uphill; the optimizer goes downhill.\n"
            "Hint: is there a minus sign, or an update, that does not belong here?",
        ),
        Misconception(
            _without_derivative("d_h_previous"),
            "d_h_previous lacks the derivative of tanh: the previous state acts through this step's tanh.\n"
            "Hint: h_previous acts on the loss only through z; which gradient is that of z?",
        ),
        Misconception(
            _without_derivative("d_x"),
            "d_x lacks the derivative of tanh: the input acts through this step's tanh.\n"
            "Hint: x acts on the loss only through z; which gradient is that of z?",
        ),
        Misconception(
            _without_derivative("d_h_previous", "d_x"),
            "d_h_previous and d_x lack the derivative of tanh; the weights' gradients have it.\n"
            "Hint: all five act on the loss only through z; which gradient is that of z?",
        ),
        Misconception(
            _without_derivative("d_W_x", "d_W_h", "d_b"),
            "The gradients of the weights and of the bias lack the derivative of tanh; d_h_previous and d_x have it.\n"
            "Hint: all five act on the loss only through z; which gradient is that of z?",
        ),
        Misconception(
            _without_derivative("d_b"),
            "d_b lacks the derivative of tanh: the bias is added inside it.\n"
            "Hint: b acts on the loss only through z; which gradient is that of z?",
        ),
        Misconception(
            _but(d_h_previous=lambda params, step, dz: dz @ params.W_h),
            "In the backward pass you use W_h without transposing it. It is square, so every shape fits.\n"
            + _TRANSPOSED,
        ),
        Misconception(
            _but(d_x=lambda params, step, dz: dz @ params.W_x),
            "In the backward pass you use W_x without transposing it; if D = H every shape fits.\n" + _TRANSPOSED,
        ),
        Misconception(
            _but(
                d_h_previous=lambda params, step, dz: dz @ params.W_h,
                d_x=lambda params, step, dz: dz @ params.W_x,
            ),
            "In the backward pass you use both matrices without transposing them; if D = H every shape fits.\n"
            + _TRANSPOSED,
        ),
        Misconception(
            _but(d_b=lambda params, step, dz: dz),
            "d_b has a row for every sequence of the batch. There is one bias, which all of them use.\n"
            "Hint: the bias is used B times in the forward pass, so it gets B gradients; how are they combined?",
        ),
        Misconception(
            _but(d_b=lambda params, step, dz: dz.sum(axis=0, keepdims=True)),
            "d_b has the right numbers in the shape (1, H); the bias and its gradient have the shape (H,).\n"
            "Hint: look at keepdims, or at how you write the sum.",
        ),
        Misconception(
            _but(d_b=lambda params, step, dz: dz.sum(axis=1)),
            "d_b is summed over the units and has one number for each sequence; it should be the reverse.\n"
            "Hint: dz is (B, H); which of the two axes does the bias not have?",
        ),
        Misconception(
            _but(d_b=lambda params, step, dz: dz.sum()),
            "d_b is one number: you summed over the units as well. Every unit has its own bias.\n"
            "Hint: sum takes an axis; which one does the bias not have?",
        ),
        Misconception(
            _but(d_b=lambda params, step, dz: dz.mean(axis=0)),
            "d_b is the mean over the batch; it should be a sum, like the weights' gradients.\n" + _MEAN,
        ),
        Misconception(
            _but(
                d_W_x=lambda params, step, dz: step.x.T @ dz / len(dz),
                d_W_h=lambda params, step, dz: step.previous.h.T @ dz / len(dz),
            ),
            "You divide the gradients of the weights, but not that of the bias, by the batch size.\n" + _MEAN,
        ),
        Misconception(
            _but(
                d_W_x=lambda params, step, dz: step.x.T @ dz / len(dz),
                d_W_h=lambda params, step, dz: step.previous.h.T @ dz / len(dz),
                d_b=lambda params, step, dz: dz.mean(axis=0),
            ),
            "You divide the gradients of the weights and of the bias by the batch size.\n" + _MEAN,
        ),
        Misconception(
            _but(d_W_h=lambda params, step, dz: step.h.T @ dz),
            "d_W_h uses the new state of this step. W_h was multiplied by the state that the step started from.\n"
            "Hint: step holds both.",
        ),
        Misconception(
            _but(
                d_W_x=lambda params, step, dz: dz.T @ step.x,
                d_W_h=lambda params, step, dz: dz.T @ step.previous.h,
            ),
            "Both gradients of the weights are transposed (as in books that write W x with column vectors).\n"
            "Hint: d_W_x has the shape of W_x, (D, H): in which order do the sizes meet?",
        ),
        Misconception(
            _but(d_W_x=lambda params, step, dz: dz.T @ step.x),
            "d_W_x is transposed; if D = H every shape fits.\n"
            "Hint: d_W_x has the shape of W_x, (D, H): in which order do the sizes meet?",
        ),
        Misconception(
            _but(d_W_h=lambda params, step, dz: dz.T @ step.previous.h),
            "d_W_h is transposed. It is square, so every shape fits.\n"
            "Hint: entry (j, k) of W_h says how unit j acts on unit k; whose state and whose dz belong there?",
        ),
        Misconception(
            _but(
                d_W_x=lambda params, step, dz: step.x * dz,
                d_W_h=lambda params, step, dz: step.previous.h * dz,
            ),
            "You multiply element by element, but every input has a weight to every unit. With some sizes NumPy "
            "refuses that, with others it does not. Hint: which product of (B, D) and (B, H) is (D, H)?",
        ),
        Misconception(
            _swapped("d_W_x", "d_W_h"),
            "The gradients of the two matrices are exchanged: x is used in place of the state.\n" + _CHANGED_PLACES,
        ),
        Misconception(
            _swapped("d_h_previous", "d_x"),
            "d_h_previous and d_x are exchanged.\n"
            "Hint: d_h_previous comes back through the matrix that multiplied h_previous, and it is returned first.",
        ),
        Misconception(
            _x_for_h,
            "x and h are exchanged throughout.\n" + _CHANGED_PLACES,
        ),
        Misconception(
            _carried_along,
            "You add d_h itself to d_h_previous, as if the old state were carried along. Here the new state replaces "
            "it. Hint: the cell state of the LSTM has such a path; this cell has only the path through z.",
        ),
        Misconception(
            _but(d_h_previous=lambda params, step, dz: dz @ params.W_h.T * tanh_derivative(step.previous.h)),
            "You apply one derivative of tanh too many: d_h_previous is multiplied by the one of the previous step.\n"
            "Hint: ∂L/∂h_previous ends at h_previous; its own tanh belongs to the next call.",
        ),
    ),
    cases=_cases,
    takeaway="One dz serves all five gradients. d_h_previous includes the derivative of tanh, at most 1, and W_h.",
    parts=_Gradients._fields,
)
