"""The exercise of the chapter on variants: one step of the gated recurrent unit as published."""

from collections.abc import Callable

import numpy as np

from lstm_helpers.activations import sigmoid, tanh
from lstm_helpers.arrays import Array
from lstm_helpers.exercises.checker import Exercise, Misconception

Candidate = Callable[[Array, Array, Array, Array], Array]  # of (x's part, r, h, W_hn)
Mix = Callable[[Array, Array, Array, Array], Array]  # of (n, h, z, r)
Step = Callable[[Array, Array, Array, Array, Array], Array]


def _right_candidate(x_n: Array, r: Array, h: Array, W_hn: Array) -> Array:
    return np.asarray(tanh(x_n + (r * h) @ W_hn))


def _right_mix(n: Array, h: Array, z: Array, r: Array) -> Array:
    return np.asarray((1 - z) * n + z * h)


def _made_of(
    candidate: Candidate = _right_candidate,
    mix: Mix = _right_mix,
    order: tuple[int, int, int] = (0, 1, 2),
    bias: float = 1.0,
) -> Step:
    """Make a step that is right except for the given parts; ``order`` holds the positions of r, z and n."""

    def gru_as_published(h: Array, x: Array, W_x: Array, W_h: Array, b: Array) -> Array:
        at_r, at_z, at_n = order
        x_parts, W_parts = np.split(x @ W_x + bias * b, 3, axis=1), np.split(W_h, 3, axis=1)
        r, z = sigmoid(x_parts[at_r] + h @ W_parts[at_r]), sigmoid(x_parts[at_z] + h @ W_parts[at_z])
        n = candidate(x_parts[at_n], r, h, W_parts[at_n])
        return np.asarray(mix(n, h, z, r))

    return gru_as_published


def _cases(rng: np.random.Generator) -> list[tuple[Array, ...]]:
    def case(batch_size: int, input_size: int, hidden_size: int) -> tuple[Array, ...]:
        h, x = rng.uniform(-1, 1, (batch_size, hidden_size)), rng.normal(size=(batch_size, input_size))
        wide = 3 * hidden_size
        weights = rng.normal(size=(input_size, wide)), rng.normal(size=(hidden_size, wide)), rng.normal(size=wide)
        return tuple(a.round(2) for a in (h, x, *weights))

    # With one unit r * (h W) and (r * h) W are equal: more are needed to tell the two forms apart.
    by_hand = tuple(map(np.array, ([[0.5]], [[2.0]], [[0.0, 0.5, 0.25]], [[2.0, -1.0, 1.0]], [0.0, -0.5, 0.25])))
    return [by_hand, case(1, 2, 2), case(2, 2, 2), case(3, 1, 4), case(1, 4, 3)]


_WEIGHED = "Hint: the weights of old and new add up to 1, whatever z is."

gru_as_published = Exercise(
    name="gru_as_published",
    arguments=("h", "x", "W_x", "W_h", "b"),
    right=_made_of(),
    misconceptions=(
        Misconception(
            _made_of(lambda x_n, r, h, W: tanh(x_n + r * (h @ W))),
            "You reset after the product. That is the frameworks' form, in which r of a unit hides the whole previous "
            "state from that unit's candidate. As published, r hides one unit from all candidates.\n"
            "Hint: what is multiplied by W_hn, h or something smaller?",
        ),
        Misconception(
            _made_of(lambda x_n, r, h, W: tanh(x_n + h @ W)),
            "Your candidate reads the whole previous state: r is computed but not used.\n"
            "Hint: r multiplies the h that goes into the candidate.",
        ),
        Misconception(
            _made_of(lambda x_n, r, h, W: tanh(x_n + ((1 - r) * h) @ W)),
            "Your reset gate is reversed: r = 0 should hide the previous state, and yours lets all of it through.\n"
            "Hint: as for all gates in this book, 1 means let it through.",
        ),
        Misconception(
            _made_of(lambda x_n, r, h, W: tanh(r * (x_n + h @ W))),
            "Your reset gate also hides the input from the candidate. It should hide the previous state only.\n"
            "Hint: on which of the two terms of the sum does r act?",
        ),
        Misconception(
            _made_of(lambda x_n, r, h, W: tanh(r * x_n + h @ W)),
            "Your reset gate acts on the input, and not on the previous state.\n"
            "Hint: on which of the two terms of the sum does r act?",
        ),
        Misconception(
            _made_of(lambda x_n, r, h, W: r * tanh(x_n + h @ W)),
            "You multiply the finished candidate by r. That is too late to hide the previous state from it.\n"
            "Hint: r acts inside the tanh, on h alone.",
        ),
        Misconception(
            _made_of(lambda x_n, r, h, W: x_n + (r * h) @ W),
            "Your candidate has no activation function: the state could grow without bound.\n"
            "Hint: which activation function runs from −1 to 1?",
        ),
        Misconception(
            _made_of(lambda x_n, r, h, W: sigmoid(x_n + (r * h) @ W)),
            "Your candidate uses the gates' activation function, so it is never negative.\n"
            "Hint: which activation function runs from −1 to 1?",
        ),
        Misconception(
            _made_of(mix=lambda n, h, z, r: z * n + (1 - z) * h),
            "z and 1 − z are exchanged: your z = 1 writes the new state, where here it keeps the old one. (Some papers "
            "define it like that; their weights have to be converted.) Hint: what does z multiply?",
        ),
        Misconception(
            _made_of(mix=lambda n, h, z, r: n + z * h),
            "You keep a fraction of the old, but add all of the new: the sum can exceed 1 and grow.\n" + _WEIGHED,
        ),
        Misconception(
            _made_of(mix=lambda n, h, z, r: (1 - z) * n + h),
            "You add a fraction of the new, but keep all of the old: the sum can exceed 1 and grow.\n" + _WEIGHED,
        ),
        Misconception(
            _made_of(mix=lambda n, h, z, r: (1 - z) * n),
            "Nothing of the old state is kept: your unit has no memory of its own.\n" + _WEIGHED,
        ),
        Misconception(
            _made_of(mix=lambda n, h, z, r: (1 - z) * n + z * r * h),
            "You also reset the state that is carried over. r only scales what the candidate reads.\n"
            "Hint: with z = 1 the state is copied, whatever r is.",
        ),
        Misconception(
            _made_of(mix=lambda n, h, z, r: tanh((1 - z) * n + z * h)),
            "You apply tanh to the mean once more, as the LSTM does for its h. The old state would shrink at every "
            "step, even with z = 1. Hint: a mean of numbers between −1 and 1 needs no tanh.",
        ),
        Misconception(
            _made_of(order=(1, 0, 2)),
            "The two gates are exchanged: your r is computed with z's weights and your z with r's.\n"
            "Hint: the order of the blocks is r z n.",
        ),
        Misconception(
            _made_of(bias=0.0),
            "The biases are left out.\nHint: one argument is not used yet; it is added to the sum of every block.",
        ),
    ),
    cases=_cases,
    takeaway="r sets how much of the previous state the candidate reads, z how much of it is kept.",
)
