"""What is learned in this book: generated languages and real series, each with its units and the score to beat."""

from lstm_helpers.tasks import (
    adding,
    agreement,
    anbn,
    brackets,
    co2,
    copying,
    dates,
    elnino,
    latch,
    pairs,
    reordering,
    stream,
    sunspots,
    temporal_order,
    text,
)

__all__ = [
    "adding",
    "agreement",
    "anbn",
    "brackets",
    "co2",
    "copying",
    "dates",
    "elnino",
    "latch",
    "pairs",
    "reordering",
    "stream",
    "sunspots",
    "temporal_order",
    "text",
]
