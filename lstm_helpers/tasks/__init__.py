"""What is learned in this book: generated languages and real series, each with its units and the score to beat."""

from lstm_helpers.tasks import adding, agreement, anbn, co2, copying, elnino, latch, sunspots, temporal_order

__all__ = ["adding", "agreement", "anbn", "co2", "copying", "elnino", "latch", "sunspots", "temporal_order"]
from lstm_helpers.tasks import adding, agreement, anbn, copying, latch, sunspots, temporal_order, text
from lstm_helpers.tasks import adding, agreement, anbn, brackets, copying, latch, sunspots, temporal_order, text

__all__ = ["adding", "agreement", "anbn", "brackets", "copying", "latch", "sunspots", "temporal_order", "text"]
