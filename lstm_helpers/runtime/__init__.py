"""Where the code runs: how long things take, how large a heavy step may be, and how wide a line of output."""

from lstm_helpers.runtime.budgets import budget, in_browser
from lstm_helpers.runtime.timing import Quartiles, in_turns, peak_memory, quartiles, ratios
from lstm_helpers.runtime.wrapping import COLUMNS, wrap

__all__ = ["COLUMNS", "Quartiles", "budget", "in_browser", "in_turns", "peak_memory", "quartiles", "ratios", "wrap"]
