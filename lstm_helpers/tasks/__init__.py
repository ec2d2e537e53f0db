"""What is learned in this book: generated languages and real series, each with its units and the score to beat."""

from lstm_helpers.tasks import (
    adding,
    agreement,
    anbn,
    brackets,
    co2,
    copying,
    elnino,
    latch,
    reviews,
    stream,
    sunspots,
    tagging,
    temporal_order,
    text,
    wandering,
)

__all__ = [
    "adding",
    "agreement",
    "anbn",
    "brackets",
    "co2",
    "copying",
    "elnino",
    "latch",
    "reviews",
    "stream",
    "sunspots",
    "tagging",
    "temporal_order",
    "text",
    "wandering",
]
