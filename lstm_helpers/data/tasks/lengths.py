"""The one check that all generated tasks share."""

from typing import Any

from lstm_helpers.arrays import check_size


def check_length(length: Any, least: int, why: str) -> None:
    """Refuse a number of steps below ``least``, and say what needs them."""
    check_size("length", length)
    if length < least:
        raise ValueError(f"length is {length}; expected at least {least} steps: {why}")
