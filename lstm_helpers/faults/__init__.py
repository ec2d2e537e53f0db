"""Wrong LSTM passes, of the kinds that hand-written code falls prey to, kept where they can do no harm.

They serve twice: the tests prove that they would notice every one of them, and the reader learns to recognise a fault
by its symptom. ``examine`` shows where a pass is wrong and where it is right; ``diagnose`` reads the fault from that.
"""

from lstm_helpers.museum.diagnosis import Guess, Verdict, diagnose, guess
from lstm_helpers.museum.examination import BACKWARD, COLUMNS, FORWARD, Case, Pattern, draw_case, examine
from lstm_helpers.museum.exhibits import EXHIBITS, Exhibit, WrongCell, WrongEngine, exhibit_named

__all__ = [
    "BACKWARD",
    "COLUMNS",
    "EXHIBITS",
    "FORWARD",
    "Case",
    "Exhibit",
    "Guess",
    "Pattern",
    "Verdict",
    "WrongCell",
    "WrongEngine",
    "diagnose",
    "draw_case",
    "examine",
    "exhibit_named",
    "guess",
]
