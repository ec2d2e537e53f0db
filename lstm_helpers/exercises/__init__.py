"""Checks for the book's exercises, whose feedback names the misconception, and puzzles solved by choosing weights.

exercises.gated.check(gated)                                            a function the reader wrote
exercises.latch.check(exercises.program(exercises.latch.alphabet, units))   a cell the reader programmed

An exercise is one module that bears its name, and one line here; CONTRIBUTING.md says how to add one.
"""

from lstm_helpers.exercises.attend import attend as attend
from lstm_helpers.exercises.both_ends import both_ends as both_ends
from lstm_helpers.exercises.cell_state_gradient import cell_state_gradient as cell_state_gradient
from lstm_helpers.exercises.checker import Exercise as Exercise
from lstm_helpers.exercises.checker import Misconception as Misconception
from lstm_helpers.exercises.checker import Verdict as Verdict
from lstm_helpers.exercises.clip import clip as clip
from lstm_helpers.exercises.forget_bias_for import forget_bias_for as forget_bias_for
from lstm_helpers.exercises.from_tensorflow_1 import from_tensorflow_1 as from_tensorflow_1
from lstm_helpers.exercises.gated import gated as gated
from lstm_helpers.exercises.gru_as_published import gru_as_published as gru_as_published
from lstm_helpers.exercises.last_outputs import last_outputs as last_outputs
from lstm_helpers.exercises.learn_one_weight import learn_one_weight as learn_one_weight
from lstm_helpers.exercises.prepare import prepare as prepare
from lstm_helpers.exercises.programming import encode as encode
from lstm_helpers.exercises.programming import program as program
from lstm_helpers.exercises.puzzle import Puzzle as Puzzle
from lstm_helpers.exercises.puzzles import anbn as anbn
from lstm_helpers.exercises.puzzles import counter as counter
from lstm_helpers.exercises.puzzles import last_seen as last_seen
from lstm_helpers.exercises.puzzles import latch as latch
from lstm_helpers.exercises.puzzles import toggle as toggle
from lstm_helpers.exercises.rnn_backward import rnn_backward as rnn_backward
from lstm_helpers.exercises.rnn_step import rnn_step as rnn_step
from lstm_helpers.exercises.run_clamped import run_clamped as run_clamped
from lstm_helpers.exercises.run_with_ablation import run_with_ablation as run_with_ablation
from lstm_helpers.exercises.softmax_with_temperature import softmax_with_temperature as softmax_with_temperature
from lstm_helpers.exercises.stack_outputs import stack_outputs as stack_outputs
from lstm_helpers.exercises.unroll_in_chunks import unroll_in_chunks as unroll_in_chunks
from lstm_helpers.exercises.update_cell_state import update_cell_state as update_cell_state
from lstm_helpers.exercises.weight_gradient import weight_gradient as weight_gradient

EXERCISES = tuple(thing for thing in list(globals().values()) if isinstance(thing, Exercise))
PUZZLES = tuple(thing for thing in list(globals().values()) if isinstance(thing, Puzzle))
