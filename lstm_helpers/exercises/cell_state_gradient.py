"""An exercise on gradients: backpropagate along the cell state of the LSTM."""

import numpy as np

from lstm_helpers.arrays import Array
from lstm_helpers.exercises.checker import Exercise, Misconception


def _cell_state_gradient(f: Array) -> Array:
    return np.array([f[t:].prod(axis=0) for t in range(len(f) + 1)])


def _with_last(part: Array, last: float = 1.0) -> Array:
    return np.concatenate([part, np.full((1, part.shape[1]), last)])


def _log(a: Array) -> Array:
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(a))


def _mean_power(f: Array, mean: Array) -> Array:
    steps_to_go = np.arange(len(f), -1, -1.0)[:, None]
    return np.asarray(np.broadcast_to(mean**steps_to_go, (len(f) + 1, f.shape[1])))


def _divided(f: Array) -> Array:
    so_far = np.concatenate([np.ones((1, f.shape[1])), np.cumprod(f, axis=0)])
    return np.asarray(so_far[-1] / so_far)


def _cases(rng: np.random.Generator) -> list[tuple[Array]]:
    by_hand = np.array([[0.5], [0.8], [0.25]])
    two_units = np.array([[0.9, 0.2], [1.0, 0.5], [0.6, 0.7], [0.3, 0.4]])
    # The last case has a gate that is fully closed: no division undoes a product with 0.
    resets = np.array([[0.9, 0.8], [0.7, 0.0], [0.5, 0.6]])
    return [(by_hand,), (two_units,), (rng.uniform(0.6, 1, (2, 3)).round(2),), (np.array([[0.75, 0.1]]),), (resets,)]


_FROM_THE_FRONT = (
    "Your products start at the front: entry t is f_1·…·f_t, the fraction of c_0 that is left at step t.\n"
    "Hint: the question is how much a change at step t affects step T. Which gates lie between t and T?"
)
_T_ENTRIES = (
    "You return T entries where there are T + 1 cell states, c_0 to c_T. (∂c_T/∂c_T is among them.)\n"
    "Hint: how many gates lie between c_T and itself, and what is an empty product?"
)
_LOGARITHMS = (
    "You return the logarithm of the gradient: the sums of ln f.\n"
    "Hint: a sum of logarithms is the logarithm of the product; which function undoes a logarithm?"
)
_SUMS = (
    "You add the gates. The cell state passes one gate after the other, and each scales the result of the one before.\n"
    "Hint: two gates of one half each leave a quarter."
)
_ONE_NUMBER = (
    "You return ∂c_T/∂c_0 alone, the product of all the gates. The exercise asks for every ∂c_T/∂c_t, t = 0 … T.\n"
    "Hint: the product from each t on, in the shape (T + 1, H)."
)

cell_state_gradient = Exercise(
    name="cell_state_gradient",
    arguments=("f",),
    right=_cell_state_gradient,
    misconceptions=(
        Misconception(lambda f: np.concatenate([np.ones((1, f.shape[1])), np.cumprod(f, axis=0)]), _FROM_THE_FRONT),
        Misconception(lambda f: np.cumprod(f, axis=0), _FROM_THE_FRONT),
        Misconception(lambda f: _with_last(np.cumprod(f, axis=0)), _FROM_THE_FRONT),
        Misconception(
            lambda f: _cell_state_gradient(f)[::-1],
            "Your numbers are right, but in the wrong order: the last gate comes first.\n"
            "Hint: if you reversed f to multiply from the end, what has to be reversed again?",
        ),
        Misconception(
            lambda f: np.cumprod(f[::-1], axis=0),
            "Your products are right, but in the wrong order, and one entry is missing: ∂c_T/∂c_T.\n"
            "Hint: if you reversed f to multiply from the end, what has to be reversed again?",
        ),
        Misconception(lambda f: _cell_state_gradient(f)[:-1], _T_ENTRIES),
        Misconception(lambda f: _cell_state_gradient(f)[1:], _T_ENTRIES),
        Misconception(
            lambda f: np.array([f[max(t - 1, 0) :].prod(axis=0) for t in range(len(f) + 1)]),
            "You are one gate too early: from t = 1 on your entry t includes f_t, but f_t acts before c_t.\n"
            "Hint: f[0] is f_1. Which gates lie between c_t and c_T?",
        ),
        Misconception(
            lambda f: _with_last(np.array([f[max(t - 1, 0) :].prod(axis=0) for t in range(len(f))])),
            "You are one gate too early: from t = 1 on your entry t includes f_t, but f_t acts before c_t.\n"
            "Hint: f[0] is f_1. Which gates lie between c_t and c_T?",
        ),
        Misconception(
            lambda f: np.array([f[t + 1 :].prod(axis=0) for t in range(len(f) + 1)]),
            "You are one gate too late: your entry t leaves out f_(t+1), the first gate after c_t.\n"
            "Hint: f[0] is f_1; which index has f_(t+1)?",
        ),
        Misconception(
            lambda f: np.array([f[t:-1].prod(axis=0) for t in range(len(f) + 1)]),
            "You leave out the last gate, f_T. It lies between c_(T−1) and c_T.\n"
            "Hint: a slice that ends with :-1 leaves out the last entry.",
        ),
        Misconception(lambda f: _log(_cell_state_gradient(f)), _LOGARITHMS),
        Misconception(lambda f: _with_last(_log(_cell_state_gradient(f)[:-1])), _LOGARITHMS),
        Misconception(
            lambda f: _mean_power(f, f.mean(axis=0)),
            "You use the mean gate, raised to the number of steps. A product of different numbers is smaller than "
            "that: one closed gate is enough to set it to 0. Hint: multiply the gates themselves.",
        ),
        Misconception(
            lambda f: _mean_power(f, f.mean()),
            "You use one mean gate for all units and steps. Every unit has its own cell state, and one closed gate is "
            "enough to reset it. Hint: multiply the gates themselves, unit by unit.",
        ),
        Misconception(lambda f: np.array([f[t:].sum(axis=0) for t in range(len(f) + 1)]), _SUMS),
        Misconception(lambda f: _with_last(np.array([f[t:].sum(axis=0) for t in range(len(f))])), _SUMS),
        Misconception(
            lambda f: _with_last(f),
            "Your entry t is one gate, the step from c_t to c_(t+1). The exercise asks for ∂c_T/∂c_t, over all steps.\n"
            "Hint: how does the chain rule combine the steps?",
        ),
        Misconception(lambda f: f.prod(), _ONE_NUMBER),
        Misconception(lambda f: f.prod(axis=0), _ONE_NUMBER),
        Misconception(
            lambda f: np.array([f[t:].prod() for t in range(len(f) + 1)]),
            "You multiply the gates of different units with each other. Every unit has its own cell state.\n"
            "Hint: prod takes an axis; along which axis does time run?",
        ),
        Misconception(
            lambda f: _with_last(_cell_state_gradient(f)[:-1], last=0.0),
            "Your last entry is 0. It is ∂c_T/∂c_T: if c_T grows a little, by how much does c_T grow?\n"
            "Hint: an empty sum is 0; what is an empty product?",
        ),
        Misconception(
            lambda f: _cell_state_gradient(1 - f),
            "You take f as the fraction that is forgotten. Despite its name, f is the fraction that is kept.\n"
            "Hint: with f = 1 the gradient arrives undiminished.",
        ),
        Misconception(
            lambda f: _cell_state_gradient(f * (1 - f)),
            "You multiply by the derivative of sigmoid. It belongs to the path into a gate; along the cell state, c is "
            "only multiplied by the gate. Hint: c_t = f_t c_(t−1) + …: how much does c_t grow with c_(t−1)?",
        ),
        Misconception(
            _divided,
            "This is right if no gate is 0. You divide one product by another: where a gate is closed, or a long "
            "product underflows, that is 0/0. Hint: multiply from t on, or from the end.",
        ),
    ),
    cases=_cases,
    takeaway="A product vanishes unless every factor is near 1: 0.9 a step leaves 0.00003 of it after 100 steps.",
)
