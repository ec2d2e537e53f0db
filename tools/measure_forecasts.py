"""Train the forecasters of chapter 11 and write their table: ``python -m tools.measure_forecasts``.

Every network is trained from scratch; all seeds stand here. How many steps to train is chosen on the last part of the
training years, with seeds of its own; then the seeds 0 to 9 are trained on all training years for so many steps, and
forecast the test years. A few minutes on one core.
"""

from functools import partial
from typing import NamedTuple

import numpy as np

from lstm_helpers import losses, series
from lstm_helpers.cells import lstm
from lstm_helpers.data import measured
from lstm_helpers.data.tasks import co2, elnino, sunspots
from lstm_helpers.layers import Recurrent
from lstm_helpers.model import Batch, Model
from lstm_helpers.series import baselines
from lstm_helpers.training import adam
from tools.training import store, train

MODEL = Model(Recurrent(lstm), at="last")
HIDDEN_SIZE, RATE, BATCH_SIZE = 8, 0.01, 32
CANDIDATES = (50, 100, 200, 400, 800, 1600)  # how many steps of training
SEEDS, CHOOSING_SEEDS = range(10), range(100, 105)


class Setup(NamedTuple):
    """The setting of one network."""

    values: np.ndarray  # the whole series, without gaps
    train: int  # the number of training steps of the series
    validation: int  # how many of these, the last, choose the number of training steps
    length: int  # how many steps the network reads
    horizon: int  # how many it is asked for
    lag: int = 0  # 0: the series as it is; else it sees differences
    direct: bool = False  # all steps at once, or one after the other
    months: bool = False  # whether it is told the month


def changes(setup, known):
    """Give what the network learns from: the first steps, or their differences."""
    values = setup.values[:known]
    return values[setup.lag :] - values[: -setup.lag] if setup.lag else values


def with_months(setup, scaled, steps):
    """Add the month to scaled values (T, ...), as a point on a circle; steps (T, ...) count from a January."""
    angle = 2 * np.pi * steps / 12
    return np.stack([scaled, np.sin(angle), np.cos(angle)] if setup.months else [scaled], axis=-1)


def trained(setup, known, seed):
    """Train on the first ``known`` steps; give forecasters, one for each of the CANDIDATES."""
    scaler = series.fit_scaler(changes(setup, known))
    scaled = series.scale(scaler, changes(setup, known))
    table = with_months(setup, scaled, np.arange(len(scaled)))
    past, future, _ = series.examples(table, setup.length, setup.horizon if setup.direct else 1)
    targets = np.ascontiguousarray(future[:, :, 0].T)

    def batches(step):
        chosen = np.random.default_rng([2, seed, step]).integers(len(targets), size=BATCH_SIZE)
        return Batch(past[:, chosen], targets[chosen])

    params = MODEL.init(np.random.default_rng([1, seed]), past.shape[2], HIDDEN_SIZE, targets.shape[1])
    forecasters = []

    def look(progress):
        if progress.step in CANDIDATES:
            forecasters.append(partial(forecast, setup, scaler, progress.params))

    train(MODEL, params, batches, losses.mse, adam(RATE), CANDIDATES[-1], each=look)
    return forecasters


def forecast(setup, scaler, params, first, horizon=None):
    """Forecast from every origin from ``first`` on; give the forecasts and the observed values, each (horizon, N)."""
    horizon = horizon or setup.horizon
    reach = setup.length + setup.lag
    past, future, origins = series.examples(setup.values, reach, horizon, first=first)

    def answers(history):
        steps = origins - setup.length + np.arange(len(history))[-setup.length :, None]  # a January is a multiple of 12
        return MODEL.predict(params, with_months(setup, history[-setup.length :], steps))

    def network(history, horizon):
        scaled = series.scale(scaler, history)
        if setup.direct:
            return series.unscale(scaler, answers(scaled).T[:horizon])
        return series.unscale(scaler, baselines.recursive(lambda h: answers(h)[:, 0], scaled, horizon))

    function = baselines.differenced(network, setup.lag) if setup.lag else network
    return function(past, horizon), future


def absolute_error(function, first):
    """Give the mean absolute error (horizon,)."""
    forecast, truth = function(first)
    return np.abs(forecast - truth).mean(axis=1)


def chosen_steps(setup):
    """Choose by the last part of the training years, with what the network is trained for: one step, or all."""
    known = setup.train - setup.validation
    before = setup._replace(values=setup.values[: setup.train])
    horizon = setup.horizon if setup.direct else 1
    errors = [
        [np.mean(np.square(np.subtract(*function(known, horizon)))) for function in trained(before, known, seed)]
        for seed in CHOOSING_SEEDS
    ]
    return int(np.argmin(np.mean(errors, axis=0)))


def run(setup):
    """Give the errors of all seeds (10, horizon), the one-step forecasts of them (10, N), and the steps trained."""
    best = chosen_steps(setup)
    functions = [trained(setup, setup.train, seed)[best] for seed in SEEDS]
    errors = np.array([absolute_error(function, setup.train) for function in functions])
    ahead = np.array([function(setup.length + setup.lag, 1)[0][0] for function in functions])
    print(setup[1:], CANDIDATES[best], "steps, error", np.round(np.sort(errors.mean(axis=1)), 3), flush=True)
    return errors, ahead, CANDIDATES[best]


def main():
    numbers, temperature = sunspots.load().numbers, elnino.load().temperature
    anomaly = temperature - np.resize(elnino.monthly_means(temperature[:480]), len(temperature))
    ppm, weeks = series.fill_forward(co2.load().ppm), int(np.argmax(co2.load().weeks >= np.datetime64("1990-01-01")))
    sun = Setup(numbers, train=221, validation=40, length=24, horizon=11)
    nino = Setup(anomaly, train=480, validation=96, length=36, horizon=12)
    air = Setup(ppm, train=weeks, validation=208, length=53, horizon=26)
    setups = {
        "sunspots": (sun, sun._replace(direct=True)),
        "elnino": (
            nino,
            nino._replace(direct=True),
            nino._replace(values=temperature),
            nino._replace(values=temperature, months=True),
        ),
        "co2": (air, air._replace(lag=1), air._replace(lag=52)),
    }
    results = {name: [run(setup) for setup in group] for name, group in setups.items()}
    errors = {name: np.array([errors for errors, _, _ in group]) for name, group in results.items()}
    steps = np.array([steps for group in results.values() for _, _, steps in group])
    table = measured.Forecasts(**errors, sunspots_ahead=results["sunspots"][0][1], steps=steps)
    store("measured/forecasts.npz", table, SEEDS)


if __name__ == "__main__":
    main()
