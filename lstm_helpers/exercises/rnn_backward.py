"""An exercise on gradients: send one back through a step of the vanilla RNN."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from lstm_helpers.activations import tanh, tanh_derivative
from lstm_helpers.arrays import Array
from lstm_helpers.cells import rnn
from lstm_helpers.exercises.checker import Case, Exercise, Misconception


class _Gradients(NamedTuple):
    """What is to be returned, in this order."""

    d_W_x: Array  # (D, H)
    d_W_h: Array  # (H, H)
    d_b: Array  # (H,)
    d_h_previous: Array  # (B, H)
    d_x: Array  # (B, D)


Backward = Callable[[rnn.Params, rnn.Step, Array], _Gradients]
Part = Callable[[rnn.Params, rnn.Step, Array], Array]


def _slope(step: rnn.Step) -> Array:
    return np.asarray(tanh_derivative(step.h))


def _from(find_dz: Part) -> Backward:
    """Make a backward pass of one that finds ∂L/∂z, right or wrong; all that follows is right."""

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


_rnn_backward = _from(lambda params, step, d_h: d_h * _slope(step))


def _but(**parts: Part) -> Backward:
    """Make a backward pass that is right, but for parts that are given as functions of (params, step, dz)."""

    def rnn_backward(params: rnn.Params, step: rnn.Step, d_h: Array) -> _Gradients:
        dz = d_h * _slope(step)
        return _rnn_backward(params, step, d_h)._replace(**{k: part(params, step, dz) for k, part in parts.items()})

    return rnn_backward


def _slope_from_z(params: rnn.Params, step: rnn.Step, d_h: Array) -> Array:
    z = step.x @ params.W_x + step.previous.h @ params.W_h + params.b
    return np.asarray(d_h * (1 - z**2))


def _without_slope(*parts: str) -> Backward:
    """Make a backward pass in which some parts are those that ∂L/∂h gives where ∂L/∂z belongs."""

    def rnn_backward(params: rnn.Params, step: rnn.Step, d_h: Array) -> _Gradients:
        bare = _from(lambda params, step, d_h: d_h)(params, step, d_h)
        return _rnn_backward(params, step, d_h)._replace(**{part: getattr(bare, part) for part in parts})

    return rnn_backward


def _upside_down(params: rnn.Params, step: rnn.Step, d_h: Array) -> _Gradients:
    return _Gradients(*(-part for part in _rnn_backward(params, step, d_h)))


def _swapped(first: str, second: str) -> Backward:
    """Make a backward pass that hands out two parts in each other's place."""

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
    # Where B, D and H are equal no shape refuses a transposed matrix, and only the numbers can tell; where they
    # differ the shapes do: both must be asked.
    first = (by_hand, rnn.forward(by_hand, start, x), np.array([[0.4]]))
    return [first, case(1, 3, 3), case(3, 3, 3), case(2, 2, 2), case(2, 3, 2), case(1, 2, 3), case(4, 2, 3)]


_TRANSPOSED = "Hint: what left unit j forwards, by row j, has to come back to unit j; forwards the product was h @ W."
_MEAN = (
    "Hint: the loss is a number made of all B rows, and if it is a mean, d_h knows it already; what is left is to add."
)
_CHANGED_PLACES = "Hint: W_x was multiplied by x, and W_h by the state before; each gradient has its matrix's shape."

rnn_backward = Exercise(
    name="rnn_backward",
    arguments=("params", "step", "d_h"),
    right=_rnn_backward,
    misconceptions=(
        Misconception(
            _from(lambda params, step, d_h: d_h),
            "Your gradient walks past tanh as if it were not there: you use d_h where dz belongs.\n"
            "Hint: h = tanh(z); when z grows by a little, by how much does h grow?",
        ),
        Misconception(
            _from(_slope_from_z),
            "You compute 1 − z²: the slope's formula with the input of tanh in it. (Where |z| > 1 that is negative, "
            "but tanh never falls.) Hint: the short formula for the slope is written in what tanh returned.",
        ),
        Misconception(
            _from(lambda params, step, d_h: d_h * tanh_derivative(tanh(step.h))),
            "You squash once more before taking the slope: step.h already is the output of tanh.\n"
            "Hint: the slope of tanh at z is 1 − tanh(z)²; which array holds tanh(z)?",
        ),
        Misconception(
            _from(lambda params, step, d_h: d_h * step.h * (1 - step.h)),
            "That is the slope of sigmoid, s(1 − s). This cell squashes with tanh.\n"
            "Hint: where h is near 0, tanh is at its steepest and has slope 1; what does yours give there?",
        ),
        Misconception(
            _from(lambda params, step, d_h: d_h * (1 - step.h)),
            "Your slope lacks a square: 1 − h differs for h = 0.5 and h = −0.5, but tanh is equally steep there.\n"
            "Hint: what is the slope of tanh, written in its output?",
        ),
        Misconception(
            _from(lambda params, step, d_h: d_h * _slope(step) ** 2),
            "You multiply by the slope of tanh twice. Each node of the graph is passed once on the way back.\n"
            "Hint: does a function that you call apply the slope already?",
        ),
        Misconception(
            _from(lambda params, step, d_h: d_h * tanh_derivative(step.previous.h)),
            "You take the slope of tanh at the state before, which is another step's output.\n"
            "Hint: step has two states; which of them did this step's tanh return?",
        ),
        Misconception(
            _from(lambda params, step, d_h: _slope(step)),
            "Your dz does not depend on d_h: you have the step's own slope, but not what the rest of the network "
            "sends back. Hint: the chain rule multiplies what arrives by the slope of the node.",
        ),
        Misconception(
            _upside_down,
            "All your gradients have the wrong sign. A gradient points uphill; to go down is the optimizer's part.\n"
            "Hint: is there a minus sign, or an update, that does not belong here?",
        ),
        Misconception(
            _without_slope("d_h_previous"),
            "d_h_previous forgets tanh: what goes to the step before has passed this step's tanh as well.\n"
            "Hint: h_previous acts on the loss only through z; which gradient is that of z?",
        ),
        Misconception(
            _without_slope("d_x"),
            "d_x forgets tanh: what goes to the input has passed this step's tanh as well.\n"
            "Hint: x acts on the loss only through z; which gradient is that of z?",
        ),
        Misconception(
            _without_slope("d_h_previous", "d_x"),
            "d_h_previous and d_x forget tanh; the weights' gradients have it.\n"
            "Hint: all five act on the loss only through z; which gradient is that of z?",
        ),
        Misconception(
            _without_slope("d_W_x", "d_W_h", "d_b"),
            "The gradients of the weights and of the bias forget tanh; d_h_previous and d_x have it.\n"
            "Hint: all five act on the loss only through z; which gradient is that of z?",
        ),
        Misconception(
            _without_slope("d_b"),
            "d_b forgets tanh: the bias is added inside it.\n"
            "Hint: b acts on the loss only through z; which gradient is that of z?",
        ),
        Misconception(
            _but(d_h_previous=lambda params, step, dz: dz @ params.W_h),
            "On the way back you use W_h as it is. It is square, so no shape complains.\n" + _TRANSPOSED,
        ),
        Misconception(
            _but(d_x=lambda params, step, dz: dz @ params.W_x),
            "On the way back you use W_x as it is; where D = H no shape complains, elsewhere NumPy refuses.\n"
            + _TRANSPOSED,
        ),
        Misconception(
            _but(
                d_h_previous=lambda params, step, dz: dz @ params.W_h,
                d_x=lambda params, step, dz: dz @ params.W_x,
            ),
            "On the way back you use both matrices as they are; where D = H no shape complains.\n" + _TRANSPOSED,
        ),
        Misconception(
            _but(d_b=lambda params, step, dz: dz),
            "d_b has a row for every sequence of the batch. There is one bias, and all of them used it.\n"
            "Hint: what was used B times on the way forward collects B gradients; what becomes of them?",
        ),
        Misconception(
            _but(d_b=lambda params, step, dz: dz.sum(axis=0, keepdims=True)),
            "d_b has the right numbers in the shape (1, H); the bias has shape (H,), and so has its gradient.\n"
            "Hint: look at keepdims, or at how you write the sum.",
        ),
        Misconception(
            _but(d_b=lambda params, step, dz: dz.sum(axis=1)),
            "d_b is summed over the units, and keeps one number for each sequence: the other way round.\n"
            "Hint: dz is (B, H); which of the two axes does the bias not have?",
        ),
        Misconception(
            _but(d_b=lambda params, step, dz: dz.sum()),
            "d_b is one number: you summed over the units as well. Every unit has its own bias.\n"
            "Hint: sum takes an axis; which one does the bias not have?",
        ),
        Misconception(
            _but(d_b=lambda params, step, dz: dz.mean(axis=0)),
            "d_b is the mean over the batch; the weights' gradients are sums, and so is this one.\n" + _MEAN,
        ),
        Misconception(
            _but(
                d_W_x=lambda params, step, dz: step.x.T @ dz / len(dz),
                d_W_h=lambda params, step, dz: step.previous.h.T @ dz / len(dz),
            ),
            "The gradients of the weights are divided by the batch size; that of the bias is not.\n" + _MEAN,
        ),
        Misconception(
            _but(
                d_W_x=lambda params, step, dz: step.x.T @ dz / len(dz),
                d_W_h=lambda params, step, dz: step.previous.h.T @ dz / len(dz),
                d_b=lambda params, step, dz: dz.mean(axis=0),
            ),
            "The gradients of the weights and of the bias are divided by the batch size.\n" + _MEAN,
        ),
        Misconception(
            _but(d_W_h=lambda params, step, dz: step.h.T @ dz),
            "d_W_h uses the state that this step made. W_h was multiplied by the state that the step started from.\n"
            "Hint: step holds both.",
        ),
        Misconception(
            _but(
                d_W_x=lambda params, step, dz: dz.T @ step.x,
                d_W_h=lambda params, step, dz: dz.T @ step.previous.h,
            ),
            "Both gradients of the weights are transposed (right for books that write W x with columns).\n"
            "Hint: d_W_x has the shape of W_x, (D, H): in which order do the sizes meet?",
        ),
        Misconception(
            _but(d_W_x=lambda params, step, dz: dz.T @ step.x),
            "d_W_x is transposed; where D = H no shape complains.\n"
            "Hint: d_W_x has the shape of W_x, (D, H): in which order do the sizes meet?",
        ),
        Misconception(
            _but(d_W_h=lambda params, step, dz: dz.T @ step.previous.h),
            "d_W_h is transposed. It is square, so no shape complains.\n"
            "Hint: entry (j, k) of W_h says how unit j acts on unit k; whose state and whose dz belong there?",
        ),
        Misconception(
            _but(
                d_W_x=lambda params, step, dz: step.x * dz,
                d_W_h=lambda params, step, dz: step.previous.h * dz,
            ),
            "You multiply number by number where every input has a weight to every unit; with some sizes NumPy "
            "refuses, with others it does not. Hint: which product of (B, D) and (B, H) is (D, H)?",
        ),
        Misconception(
            _swapped("d_W_x", "d_W_h"),
            "The two weights' gradients have changed places: x stands where the state belongs.\n" + _CHANGED_PLACES,
        ),
        Misconception(
            _swapped("d_h_previous", "d_x"),
            "d_h_previous and d_x have changed places.\n"
            "Hint: d_h_previous has come back through the matrix that h_previous went through, and is returned first.",
        ),
        Misconception(
            _x_for_h,
            "x and h have changed places throughout.\n" + _CHANGED_PLACES,
        ),
        Misconception(
            _carried_along,
            "You add d_h itself to d_h_previous, as if the old state were carried along. Here it is not: the new one "
            "replaces it. Hint: the belt of the LSTM has such a path; this cell has only the one through z.",
        ),
        Misconception(
            _but(d_h_previous=lambda params, step, dz: dz @ params.W_h.T * tanh_derivative(step.previous.h)),
            "You go one tanh too far: d_h_previous is multiplied by the slope that belongs to the step before.\n"
            "Hint: ∂L/∂h_previous ends at h_previous; what made it is the business of the next call.",
        ),
    ),
    cases=_cases,
    takeaway="One dz serves all five. What goes back to the state before has met tanh's slope, at most 1, and W_h.",
    parts=_Gradients._fields,
)
