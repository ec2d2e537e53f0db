"""Checks for the book's exercises, whose feedback names the misconception, and puzzles solved by choosing weights.

exercises.gated.check(gated)                                            a function the reader wrote
exercises.latch.check(exercises.program(exercises.latch.alphabet, units))   a cell the reader programmed
"""

from lstm_helpers.exercises.ablation import run_with_ablation
from lstm_helpers.exercises.attending import look_back
from lstm_helpers.exercises.belt import belt_step, forget_bias_for
from lstm_helpers.exercises.both_ends import both_ends
from lstm_helpers.exercises.checker import Exercise, Verdict, Wrong
from lstm_helpers.exercises.clamping import run_clamped
from lstm_helpers.exercises.clipping import clip
from lstm_helpers.exercises.forecasting import prepare
from lstm_helpers.exercises.foreign import from_tensorflow_1
from lstm_helpers.exercises.gated_unit import gru_as_published
from lstm_helpers.exercises.gradients import belt_gradient, rnn_backward
from lstm_helpers.exercises.programming import encode, program
from lstm_helpers.exercises.puzzle import Puzzle
from lstm_helpers.exercises.puzzles import PUZZLES, anbn, counter, last_seen, latch, toggle
from lstm_helpers.exercises.recurrence import learn_one_weight, rnn_step
from lstm_helpers.exercises.sequences import last_outputs, unroll_in_pieces
from lstm_helpers.exercises.speed import weight_gradient
from lstm_helpers.exercises.stacking import stack_outputs
from lstm_helpers.exercises.switches import gated
from lstm_helpers.exercises.temperature import softmax_with_temperature

EXERCISES = (
    rnn_step,
    learn_one_weight,
    gated,
    belt_step,
    forget_bias_for,
    unroll_in_pieces,
    last_outputs,
    run_with_ablation,
    rnn_backward,
    belt_gradient,
    clip,
    prepare,
    gru_as_published,
    softmax_with_temperature,
    run_clamped,
    weight_gradient,
    stack_outputs,
    from_tensorflow_1,
    both_ends,
    look_back,
)

__all__ = [
    "EXERCISES",
    "PUZZLES",
    "Exercise",
    "Puzzle",
    "Verdict",
    "Wrong",
    "anbn",
    "belt_gradient",
    "belt_step",
    "both_ends",
    "clip",
    "counter",
    "encode",
    "forget_bias_for",
    "from_tensorflow_1",
    "gated",
    "gru_as_published",
    "last_outputs",
    "last_seen",
    "latch",
    "learn_one_weight",
    "look_back",
    "prepare",
    "program",
    "rnn_backward",
    "rnn_step",
    "run_clamped",
    "run_with_ablation",
    "softmax_with_temperature",
    "stack_outputs",
    "toggle",
    "unroll_in_pieces",
    "weight_gradient",
]
