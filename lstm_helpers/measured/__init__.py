"""Results that take longer than a page may: tables of numbers, each with the script and the seeds that made it.

A page repeats a part of each and says which part. ``measured.md`` beside the files names script, seeds and minutes.
"""

from importlib import resources
from typing import NamedTuple

import numpy as np

from lstm_helpers import arrays
from lstm_helpers.arrays import Array


class AgreementByDistance(NamedTuple):
    """How well networks that were trained at one distance each agree with their subject, on new sentences.

    The networks, in order: the vanilla RNN, the LSTM with forget bias 1, and the LSTM with forget bias 3.
    """

    distractors: Array  # (N,) nouns between subject and verb
    accuracy: Array  # (3, N, seeds) share of 500 new sentences that were right


NETWORKS = ("RNN", "LSTM, forget bias 1", "LSTM, forget bias 3")


def agreement_by_distance() -> AgreementByDistance:
    """Load the table that chapter 01 shows: 7 distances, 10 seeds, 400 steps of training each, H = 16."""
    return _load("agreement_by_distance.npz", AgreementByDistance(np.zeros(7), np.zeros((3, 7, 10))))


def _load(name: str, like: AgreementByDistance) -> AgreementByDistance:
    with resources.as_file(resources.files("lstm_helpers.measured").joinpath(name)) as path:
        return arrays.load(path, like)
