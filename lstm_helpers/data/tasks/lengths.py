"""The check on lengths that all generated tasks share."""

from lstm_helpers.arrays import check_size


def check_length(length: int, least: int, why: str) -> None:
    """Refuse a length below ``least``; ``why`` completes the message."""
    check_size("length", length)
    if length < least:
        raise ValueError(f"length is {length}; expected at least {least} steps: {why}")
