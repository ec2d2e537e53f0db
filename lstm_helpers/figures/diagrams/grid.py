"""How far apart columns and rows stand: as evenly as their contents allow, and never so close that contents touch."""

from collections.abc import Sequence
from typing import NamedTuple


class Apart(NamedTuple):
    """At least this distance from one line to a later one."""

    first: int
    second: int
    distance: float


def earliest(gaps: Sequence[float], rules: Sequence[Apart]) -> list[float]:
    """Give each line its smallest position; ``gaps[k]`` is the distance wanted between line k and line k + 1."""
    at = [0.0]
    arriving: list[list[Apart]] = [[] for _ in range(len(gaps) + 1)]
    for rule in rules:
        arriving[rule.second].append(rule)
    for k, gap in enumerate(gaps, start=1):
        at.append(max([at[-1] + gap, *(at[rule.first] + rule.distance for rule in arriving[k])]))
    return at


def latest(gaps: Sequence[float], rules: Sequence[Apart], total: float) -> list[float]:
    """Give each line its largest position, with the last line at ``total``."""
    n = len(gaps)
    turned = earliest(gaps[::-1], [Apart(n - b, n - a, far) for a, b, far in rules])
    return [total - at for at in turned[::-1]]


def spaced(weights: Sequence[float], rules: Sequence[Apart], *, pitch: float) -> list[float]:
    """Place lines ``pitch`` times their weight apart, or further where a rule asks for it."""
    gaps = [pitch * weight for weight in weights]
    first = earliest(gaps, rules)
    return [(a + b) / 2 for a, b in zip(first, latest(gaps, rules, first[-1]), strict=True)]


def fitted(weights: Sequence[float], rules: Sequence[Apart], *, total: float) -> list[float] | None:
    """Place lines as evenly as possible from 0 to ``total``; None if there is no room for that."""
    strictest: dict[tuple[int, int], float] = {}
    for a, b, far in rules:
        strictest[a, b] = max(far, strictest.get((a, b), 0.0))
    rules = [Apart(a, b, far) for (a, b), far in strictest.items()]
    low, high = 0.0, total
    if earliest([0.0] * len(weights), rules)[-1] > total:
        return None
    for _ in range(40):
        pitch = (low + high) / 2
        if earliest([pitch * weight for weight in weights], rules)[-1] > total:
            high = pitch
        else:
            low = pitch
    gaps = [low * weight for weight in weights]
    return [(a + b) / 2 for a, b in zip(earliest(gaps, rules), latest(gaps, rules, total), strict=True)]
