"""Sequence to sequence: attention, and an encoder and a decoder that may use it."""

from lstm_helpers.seq2seq.attention import Additive, ScaledDot
from lstm_helpers.seq2seq.encoder_decoder import (
    END,
    START,
    Answers,
    Encoded,
    Hypothesis,
    PairBatch,
    Params,
    Result,
    Seq2Seq,
    Seq2SeqRun,
)

__all__ = [
    "END",
    "START",
    "Additive",
    "Answers",
    "Encoded",
    "Hypothesis",
    "PairBatch",
    "Params",
    "Result",
    "ScaledDot",
    "Seq2Seq",
    "Seq2SeqRun",
]
