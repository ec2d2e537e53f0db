"""The exercises of the chapter on gates: one step of the belt, and the bias that gives a wanted half-life."""

import math
from typing import Any

import numpy as np

from lstm_helpers.arrays import Array
from lstm_helpers.exercises.checker import Exercise, Misconception


def _belt_step(c_previous: Array, f: Array, i: Array, g: Array) -> Array:
    return np.asarray(f * c_previous + i * g)


def _belt_cases(rng: np.random.Generator) -> list[tuple[Array, ...]]:
    simple = [
        (2.0, 1.0, 0.0, 0.7),  # keeps all, takes nothing
        (2.0, 0.0, 1.0, 0.7),  # keeps nothing, takes all
        (2.0, 0.75, 0.5, -0.6),
    ]
    random = [(rng.normal(size=s), rng.random(s), rng.random(s), rng.uniform(-1, 1, s)) for s in [(3,), (2, 4)]]
    return [tuple(np.array([number]) for number in case) for case in simple] + random


update_cell_state = Exercise(
    name="update_cell_state",
    arguments=("c_previous", "f", "i", "g"),
    right=_belt_step,
    misconceptions=(
        Misconception(
            lambda c_previous, f, i, g: (1 - f) * c_previous + i * g,
            "You take f as the fraction that is forgotten. In spite of its name, f is the fraction that is kept.\n"
            "Hint: with f = 1 the belt arrives unchanged.",
        ),
        Misconception(
            lambda c_previous, f, i, g: i * c_previous + f * g,
            "The input gate and the forget gate have changed places.\n"
            "Hint: which of the two acts on what is already on the belt?",
        ),
        Misconception(
            lambda c_previous, f, i, g: f * c_previous + g,
            "The whole candidate is put on the belt: nothing gates g.\n"
            "Hint: with the input gate closed, i = 0, nothing new may arrive.",
        ),
        Misconception(
            lambda c_previous, f, i, g: f * c_previous + i,
            "You put the input gate on the belt instead of what it lets pass.\n"
            "Hint: i says how much; which of the arguments says what?",
        ),
        Misconception(
            lambda c_previous, f, i, g: np.tanh(f * c_previous + i * g),
            "You squash the belt with tanh. The belt itself is never squashed: that is how it can count past 1 and "
            "why nothing fades on it. Hint: the tanh of this cell sits elsewhere, on the way out.",
        ),
        Misconception(
            lambda c_previous, f, i, g: i * g,
            "You replace what was on the belt by what is new. The new is added to what the forget gate kept.\n"
            "Hint: c_previous must appear in your answer.",
        ),
        Misconception(
            lambda c_previous, f, i, g: f * c_previous + (1 - f) * g,
            "You let the forget gate decide about the new as well (that is a cell of its own, with coupled gates).\n"
            "Hint: here the input gate i is independent of f; where does it act?",
        ),
        Misconception(
            lambda c_previous, f, i, g: f * (c_previous + i * g),
            "You forget part of what has only just arrived.\n"
            "Hint: the forget gate acts on the old part, before the new is added.",
        ),
        Misconception(
            lambda c_previous, f, i, g: c_previous + i * g,
            "Nothing is ever taken off your belt: f is not used. (The LSTM of 1997 was like that.)\n"
            "Hint: the forget gate scales what was there before.",
        ),
        Misconception(
            lambda c_previous, f, i, g: f * c_previous + i * np.tanh(g),
            "You squash the candidate once more. g already is the output of a tanh.\nHint: take g as it comes.",
        ),
    ),
    cases=_belt_cases,
    takeaway="Keep some of the old, add some of the new.",
)


def _logit(f: Any) -> Any:
    return np.log(f / (1 - f))


def _forget_bias_for(half_life: float) -> float:
    return -math.log(math.expm1(math.log(2) / half_life))


forget_bias_for = Exercise(
    name="forget_bias_for",
    arguments=("half_life",),
    right=_forget_bias_for,
    misconceptions=(
        Misconception(
            lambda half_life: _logit(1 - 1 / half_life),
            "You chose f = 1 − 1/n, with which the average stay on the belt is n steps. The half-life is the time "
            "until half is left. Hint: start from fⁿ = 1/2.",
        ),
        Misconception(
            lambda half_life: _logit(np.exp(-1 / half_life)),
            "You chose f = exp(−1/n): after n steps 1/e = 37 % is left (a time constant), not one half.\n"
            "Hint: start from fⁿ = 1/2.",
        ),
        Misconception(
            lambda half_life: -_logit(2 ** (-1 / half_life)),
            "The sign is turned: a belt that keeps for long needs an open gate, and so a large positive bias.\n"
            "Hint: which of f and 1 − f belongs on top of the fraction?",
        ),
        Misconception(
            lambda half_life: 2 ** (-1 / half_life),
            "That is f, the gate itself, and its half-life is right. The bias is what goes into sigmoid to give f.\n"
            "Hint: which function undoes sigmoid?",
        ),
        Misconception(
            lambda half_life: np.log(2 ** (-1 / half_life)),
            "You took the logarithm of f. That undoes exp; sigmoid is undone by the logit.\n"
            "Hint: solve f = 1 / (1 + exp(−b)) for b.",
        ),
        Misconception(
            lambda half_life: np.log2(2 ** (-1 / half_life) / (1 - 2 ** (-1 / half_life))),
            "Your f is right, and almost the bias, but the logarithm is to base 2. sigmoid is made of exp.\n"
            "Hint: which logarithm undoes exp?",
        ),
        Misconception(
            lambda half_life: _logit(0.5**half_life),
            "You chose f = (1/2)ⁿ: then n steps' worth of forgetting happens in a single step.\n"
            "Hint: fⁿ = 1/2; solve that for f.",
        ),
        Misconception(
            lambda half_life: -np.log(2) / np.log(half_life),
            "That turns the formula for the half-life round the wrong way: you put n where f belongs.\n"
            "Hint: n = ln ½ / ln f; first solve it for f, then find the bias that gives this f.",
        ),
    ),
    cases=lambda rng: [(2.0,), (10.0,), (100.0,), (1.5,), (1000.0,)],
    takeaway="Ten times the half-life costs about 2.3 more of bias.",
)
