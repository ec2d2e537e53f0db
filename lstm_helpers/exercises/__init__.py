"""Checks for the book's exercises, whose feedback names the misconception, and puzzles solved by choosing weights.

exercises.gated.check(gated)                                            a function the reader wrote
exercises.latch.check(exercises.program(exercises.latch.alphabet, units))   a cell the reader programmed
"""

from lstm_helpers.exercises.both_ends import both_ends
from lstm_helpers.exercises.checker import Exercise, Misconception, Verdict
from lstm_helpers.exercises.clip import clip
from lstm_helpers.exercises.from_tensorflow_1 import from_tensorflow_1
from lstm_helpers.exercises.gated import gated
from lstm_helpers.exercises.gru_as_published import gru_as_published
from lstm_helpers.exercises.look_back import look_back
from lstm_helpers.exercises.prepare import prepare
from lstm_helpers.exercises.programming import encode, program
from lstm_helpers.exercises.puzzle import Puzzle
from lstm_helpers.exercises.puzzles import PUZZLES, anbn, counter, last_seen, latch, toggle
from lstm_helpers.exercises.rnn_backward import cell_state_gradient, rnn_backward
from lstm_helpers.exercises.rnn_step import learn_one_weight, rnn_step
from lstm_helpers.exercises.run_clamped import run_clamped
from lstm_helpers.exercises.run_with_ablation import run_with_ablation
from lstm_helpers.exercises.softmax_with_temperature import softmax_with_temperature
from lstm_helpers.exercises.stack_outputs import stack_outputs
from lstm_helpers.exercises.unroll_in_chunks import last_outputs, unroll_in_chunks
from lstm_helpers.exercises.update_cell_state import forget_bias_for, update_cell_state
from lstm_helpers.exercises.weight_gradient import weight_gradient

EXERCISES = (
    rnn_step,
    learn_one_weight,
    gated,
    update_cell_state,
    forget_bias_for,
    unroll_in_chunks,
    last_outputs,
    run_with_ablation,
    rnn_backward,
    cell_state_gradient,
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
    "Misconception",
    "Puzzle",
    "Verdict",
    "anbn",
    "both_ends",
    "cell_state_gradient",
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
    "unroll_in_chunks",
    "update_cell_state",
    "weight_gradient",
]
