"""The exercise of the chapter on forecasts: fill and scale a series without leaking the future."""

from collections.abc import Callable

import numpy as np

from lstm_helpers import series
from lstm_helpers.arrays import Array
from lstm_helpers.exercises.checker import Exercise, Misconception

Fill = Callable[[Array, int], Array]
Scale = Callable[[Array, int], Array]


def _forward(values: Array, train: int) -> Array:
    return series.fill_forward(values)


def _backward(values: Array, train: int) -> Array:
    filled = values.copy()
    for t in range(len(values) - 2, -1, -1):
        if np.isnan(filled[t]):
            filled[t] = filled[t + 1]
    return filled


def _between(values: Array, train: int) -> Array:
    steps, gap = np.arange(len(values)), np.isnan(values)
    return np.where(gap, np.interp(steps, steps[~gap], values[~gap]), values)


def _with(number: Callable[[Array, int], float]) -> Fill:
    return lambda values, train: np.where(np.isnan(values), number(values, train), values)


def _one_before(values: Array, train: int) -> Array:
    shifted = np.concatenate([values[:1], values[:-1]])
    return np.where(np.isnan(values), shifted, values)


def _scaled(values: Array, mean: float, deviation: float) -> Array:
    return np.asarray((values - mean) / deviation)


def _by_train(values: Array, train: int) -> Array:
    return _scaled(values, values[:train].mean(), values[:train].std())


def _by_all(values: Array, train: int) -> Array:
    return _scaled(values, values.mean(), values.std())


def _each_by_itself(values: Array, train: int) -> Array:
    first, second = np.split(values, [train])
    return np.concatenate([_by_train(first, train), _by_all(second, train)])


_AHEAD = {
    _backward: "Your gaps are filled with the next value, which was not known at the time of the gap.",
    _between: "Your gaps are interpolated towards the next value, so they depend on the future.",
    _with(
        lambda values, train: float(np.nanmean(values))
    ): "Your gaps hold the mean of all values, including those of the test part.",
}
_FITTED_ON_ALL = "Your mean and deviation are those of the whole series: the training part depends on the test part."
_HINT_FILL = "Hint: which is the newest value that was known at the time of a gap?"
_HINT_SCALE = "Hint: the test part must not change any number of the training part. What may be measured?"


def _then(fill: Fill, scale: Scale) -> Callable[[Array, int], Array]:
    return lambda values, train: scale(fill(values, train), train)


def _scaled_before_it_was_filled(values: Array, train: int) -> Array:
    return series.fill_forward(_scaled(values, float(np.nanmean(values[:train])), float(np.nanstd(values[:train]))))


def _leaks() -> list[Misconception]:
    """List every way to leak the future, alone and in pairs."""
    alone = [Misconception(_then(fill, _by_train), f"A leak. {text}\n{_HINT_FILL}") for fill, text in _AHEAD.items()]
    alone.append(Misconception(_then(_forward, _by_all), f"A leak. {_FITTED_ON_ALL}\n{_HINT_SCALE}"))
    both = [
        Misconception(_then(fill, _by_all), f"Two leaks. {text}\n{_FITTED_ON_ALL}\n{_HINT_SCALE}")
        for fill, text in _AHEAD.items()
    ]
    return alone + both


def _cases(rng: np.random.Generator) -> list[tuple[Array, int]]:
    def case(total: int, train: int, *gaps: int) -> tuple[Array, int]:
        values = (10 + np.cumsum(rng.normal(size=total)) + 0.3 * np.arange(total)).round(1)
        values[list(gaps)] = np.nan
        return values, train

    by_hand = np.array([1.0, np.nan, 3.0, 5.0, np.nan, 9.0])
    return [(by_hand, 4), case(12, 8, 2, 3, 4, 9), case(12, 8), case(30, 20, 5, 18, 19, 20, 21, 27), case(8, 5, 4)]


prepare = Exercise(
    name="prepare",
    arguments=("values", "train"),
    right=_then(_forward, _by_train),
    misconceptions=(
        *_leaks(),
        Misconception(
            _then(_forward, _each_by_itself),
            "A leak. You scale the test part by its own mean and deviation, which are not known before it is over. "
            "A year above the mean of 1960 then looks like one above that of 1900.\n" + _HINT_SCALE,
        ),
        Misconception(
            _then(_with(lambda values, train: float(np.nanmean(values[:train]))), _by_train),
            "Your gaps hold the mean of the training part. It depends on later values of that part, and for a series "
            "with a trend it is far from anything measured at that time.\n" + _HINT_FILL,
        ),
        Misconception(
            _then(_with(lambda values, train: 0.0), _by_train),
            "Your gaps hold 0, as if 0 had been measured; the mean and the deviation are wrong as well.\n" + _HINT_FILL,
        ),
        Misconception(
            lambda values, train: np.nan_to_num(
                _scaled(values, float(np.nanmean(values[:train])), float(np.nanstd(values[:train])))
            ),
            "Your gaps are 0 after scaling, which is the mean of the training part, not the last measured value.\n"
            + _HINT_FILL,
        ),
        Misconception(
            _then(_one_before, _by_train),
            "You use the value one step back, but in a longer gap that is missing as well: NaN is left.\n"
            "Hint: go through the steps in order, so that a filled gap can fill the next one.",
        ),
        Misconception(
            lambda values, train: _by_train(values, train),
            "The gaps are still there, and one NaN is enough to make every mean NaN.\n" + _HINT_FILL,
        ),
        Misconception(
            _scaled_before_it_was_filled,
            "Nothing leaks, but you measured mean and deviation before the gaps were filled.\n"
            "Hint: fill first, then measure: the network reads the filled series.",
        ),
        Misconception(
            _then(_forward, lambda values, train: values),
            "The gaps are filled correctly; now scale the series.\n" + _HINT_SCALE,
        ),
        Misconception(
            _then(_forward, lambda values, train: values - values[:train].mean()),
            "You subtracted the mean, but did not divide by the deviation.\nHint: what is the deviation of the result?",
        ),
        Misconception(
            _then(_forward, lambda values, train: values - values[:train].mean() / values[:train].std()),
            "Division binds more tightly than subtraction: you subtracted mean / deviation.\nHint: use brackets.",
        ),
        Misconception(
            _then(_forward, lambda values, train: _scaled(values, values[:train].mean(), values[:train].var())),
            "You divide by the variance, which is in squared units.\nHint: the deviation is its square root.",
        ),
        Misconception(
            _then(_forward, lambda values, train: _scaled(values, values[:train].mean(), values[:train].std(ddof=1))),
            "Your deviation divides by n − 1 (ddof=1). That is not a leak, but the exercise asks for division by n.\n"
            "Hint: np.std divides by n; pandas and statistics.stdev divide by n − 1.",
        ),
        Misconception(
            _then(
                _forward,
                lambda values, train: _scaled(
                    values, values[:train].min(), values[:train].max() - values[:train].min()
                ),
            ),
            "You scale to 0..1 by minimum and maximum. Nothing leaks, but the exercise asks for mean and deviation.\n"
            "Hint: values[:train].mean() and values[:train].std().",
        ),
        Misconception(
            lambda values, train: _then(_forward, _by_train)(values, train)[:train],
            "You return the training part only. The test part is scaled as well, by the same mean and deviation.\n"
            "Hint: measure on values[:train], apply to values.",
        ),
    ),
    cases=_cases,
    takeaway="The series is filled and scaled from the past alone: changing the test part changes no number before it.",
)
