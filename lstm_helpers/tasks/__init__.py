"""What is learned in this book: generated languages and real series, each with its units and the score to beat."""

from lstm_helpers.tasks import agreement, sunspots

__all__ = ["agreement", "sunspots"]
