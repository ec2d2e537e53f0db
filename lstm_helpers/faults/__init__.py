"""Wrong LSTM passes, each with a typical fault of hand-written code, kept apart from the right ones.

They serve twice: the tests prove that they would notice every one of them, and the reader learns to recognise a fault
by its symptom. ``examine`` shows where a pass is wrong and where it is right; ``diagnose`` reads the fault from that.
"""

from lstm_helpers.faults.catalogue import FAULTS, Fault, WrongCell, WrongEngine, fault_named
from lstm_helpers.faults.diagnosis import Diagnosis, Guess, diagnose, guess
from lstm_helpers.faults.examination import BACKWARD, COLUMNS, FORWARD, Inputs, Pattern, examine, random_inputs

__all__ = [
    "BACKWARD",
    "COLUMNS",
    "FAULTS",
    "FORWARD",
    "Diagnosis",
    "Fault",
    "Guess",
    "Inputs",
    "Pattern",
    "WrongCell",
    "WrongEngine",
    "diagnose",
    "examine",
    "fault_named",
    "guess",
    "random_inputs",
]
