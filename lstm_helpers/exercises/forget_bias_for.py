"""An exercise of the chapter on gates: the forget bias that gives a required half-life."""

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
            "You chose f = 1 − 1/n, for which a value stays in the cell state for n steps on average. The half-life is "
            "the time until half is left. Hint: start from fⁿ = 1/2.",
        ),
        Misconception(
            lambda half_life: _logit(np.exp(-1 / half_life)),
            "You chose f = exp(−1/n): after n steps 1/e = 37 % is left (a time constant), not one half.\n"
            "Hint: start from fⁿ = 1/2.",
        ),
        Misconception(
            lambda half_life: -_logit(2 ** (-1 / half_life)),
            "The sign is wrong: to keep the cell state for long, the gate must be open, the bias large and positive.\n"
            "Hint: which of f and 1 − f belongs in the numerator?",
        ),
        Misconception(
            lambda half_life: 2 ** (-1 / half_life),
            "That is f, the gate itself, and its half-life is right. The bias is the pre-activation that gives f.\n"
            "Hint: which function is the inverse of sigmoid?",
        ),
        Misconception(
            lambda half_life: np.log(2 ** (-1 / half_life)),
            "You took the logarithm of f. That is the inverse of exp; the inverse of sigmoid is the logit.\n"
            "Hint: solve f = 1 / (1 + exp(−b)) for b.",
        ),
        Misconception(
            lambda half_life: np.log2(2 ** (-1 / half_life) / (1 - 2 ** (-1 / half_life))),
            "Your f is right, and nearly the bias, but the logarithm is to base 2. sigmoid is made of exp.\n"
            "Hint: which logarithm is the inverse of exp?",
        ),
        Misconception(
            lambda half_life: _logit(0.5**half_life),
            "You chose f = (1/2)ⁿ: then a single step forgets as much as n steps should.\n"
            "Hint: fⁿ = 1/2; solve that for f.",
        ),
        Misconception(
            lambda half_life: -np.log(2) / np.log(half_life),
            "You use the formula for the half-life with n in place of f.\n"
            "Hint: n = ln ½ / ln f; first solve it for f, then find the bias that gives this f.",
        ),
    ),
    cases=lambda rng: [(2.0,), (10.0,), (100.0,), (1.5,), (1000.0,)],
    takeaway="Ten times the half-life needs a bias larger by about 2.3.",
)
