"""Properties of the machine: how long calls take, how much work is allowed here, and how wide output may be."""

from lstm_helpers.runtime.budgets import budget, in_browser
from lstm_helpers.runtime.timing import Quartiles, in_turns, peak_memory, quartiles, ratios
from lstm_helpers.runtime.wrapping import COLUMNS, wrap

__all__ = ["COLUMNS", "Quartiles", "budget", "in_browser", "in_turns", "peak_memory", "quartiles", "ratios", "wrap"]
