"""An exercise of the chapter on gates: the forget bias that gives a wanted half-life."""

import math

import numpy as np

from lstm_helpers.exercises.checker import Exercise, Misconception


def _logit(f: float) -> float:
    return float(np.log(f / (1 - f)))


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
