"""Every figure of the package drawn with the book's own data: what the gallery shows and what the tests compare.

A new ``draw_*`` gets a line here, and one more for each option that changes its look. A key is the function's name, a
hyphen, and what is special about this picture; a test wants every function, and under its own name. What is random is
seeded, nothing is trained, and times are written down here, so that a picture is the same on every machine.
"""

from collections.abc import Callable
from functools import cache
from types import SimpleNamespace
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lstm_helpers import faults, figures, series, unroll
from lstm_helpers import gradient_flow as flow
from lstm_helpers.activations import log_softmax, sigmoid, tanh
from lstm_helpers.arrays import Array, tree_map
from lstm_helpers.cells import cifg, gru, gru_reset_before, lstm, lstm_no_forget, peephole, rnn
from lstm_helpers.data import measured, trained
from lstm_helpers.data.tasks import adding, agreement, brackets, dates, elnino, reordering, sunspots, text
from lstm_helpers.interventions import clamp_gates, saliency
from lstm_helpers.language import sampling
from lstm_helpers.layers import Bidirectional, Recurrent
from lstm_helpers.series import baselines
from lstm_helpers.through_time import Trace, backpropagate
from lstm_helpers.widgets.ablated_runs import run_without

WORDS = "the dogs near the cat behind the horse".split()
LONGER = "the dogs near the cat behind the horses beside the child".split()
BOTH_WAYS = "the sheep near the cats run".split()
ASKED = "sleep the old dogs near the cat".split()

# How a picture is stored: small, and cut out as Jupyter does it; and how far another may differ from it, as the root of
# the mean square of all differences, each from 0 to 255.
SAVED = {"dpi": 60, "bbox_inches": "tight", "pil_kwargs": {"optimize": True}}
TOLERANCE = 0.5


# --- the data


@cache
def sentence() -> Trace:
    """Read the running example's sentence with the network of Part I."""
    return unroll(lstm, trained.agreement().cell, agreement.encode(WORDS))


@cache
def emptied() -> Trace:
    """Read it with all cell states emptied at the third word."""
    held = {(2, gate, unit): 0.0 for gate in "fi" for unit in range(4)}
    return clamp_gates(trained.agreement().cell, sentence(), held)


@cache
def years() -> Trace:
    """Read 309 years of sunspots."""
    return unroll(lstm, trained.sunspots().cell, sunspots.load().numbers[:, None, None] / trained.SUNSPOT_UNIT)


@cache
def masked() -> Trace:
    """Read seven steps of which three are masked."""
    rng = np.random.default_rng(11)
    params = lstm.init(rng, 3, 4)
    mask = np.ones((7, 1), bool)
    mask[[2, 5, 6]] = False
    return unroll(lstm, params._replace(W_x=4 * params.W_x), rng.normal(size=(7, 1, 3)), mask=mask)


@cache
def story() -> tuple[str, Trace]:
    """Read a text of brackets."""
    network = trained.brackets()
    told = brackets.sample(np.random.default_rng([5, 0]), 241)
    codes = text.encode(told, network.letters)
    return told, network.model.forward(network.params, codes[:-1, None]).trace


@cache
def both_ways() -> Any:
    """Read a sentence in both directions, with weights as they are drawn."""
    layer, rng = Bidirectional(lstm), np.random.default_rng(5)
    return layer.forward(layer.init(rng, 4, 5), 2 * rng.normal(size=(6, 1, 4)))


def one_step(cell: Any, **changed: Array) -> Any:
    """Compute one step of a cell, from a state that is not 0."""
    rng = np.random.default_rng(3)
    params = cell.init(rng, 1, 4)
    params = params._replace(**changed)
    start = cell.zero_state(params, 1)
    start = type(start)(*(rng.normal(size=part.shape) for part in start))
    return cell.forward(params, start, rng.normal(size=(1, 1)))


@cache
def gradients() -> tuple[lstm.Params, lstm.Step, lstm.State, Array]:
    """Go back through four steps; give what ``draw_backward`` needs of the third."""
    rng = np.random.default_rng(4)
    params = lstm.init(rng, 2, 3)
    xs, d_hs = rng.normal(size=(4, 1, 2)), rng.normal(size=(4, 1, 3))
    trace = unroll(lstm, params, xs)
    states = backpropagate(lstm, params, trace, d_hs).states
    return params, trace[2], tree_map(lambda part: part[2], states), d_hs[2]


def weights() -> lstm.Params:
    """Draw weights of an LSTM with three inputs and two units."""
    rng = np.random.default_rng(0)
    return lstm.Params(*(rng.normal(size=size) for size in ((3, 8), (2, 8), (8,))))


def lag_norms(cell: Any, of: str, **options: float) -> Array:
    """Measure how much of a gradient is left, in ten draws of a network of 16 units."""
    rng = np.random.default_rng(0)
    named = {} if cell is rnn else {"of": of, "by": of}
    return flow.lag_norms(rng, cell, lambda rng: cell.init(rng, 8, 16, **options), 60, runs=10, **named)


def moved(layer: Any, changed: int) -> Array:
    """Measure how far each of 30 outputs moves when one input is changed."""
    rng = np.random.default_rng(5)
    params, xs = layer.init(rng, 1, 8, forget_bias=2.0), rng.normal(size=(30, 1, 1))
    other = xs.copy()
    other[changed] += 1
    change = layer.forward(params, other).output - layer.forward(params, xs).output
    return np.linalg.norm(change, axis=(1, 2))


@cache
def forecasting() -> tuple[Array, Array, dict[str, Array], dict[str, Array]]:
    """Forecast the sunspots of 1921 to 2008: years, numbers, forecasts one year ahead, and errors by the horizon."""
    when, numbers = sunspots.load()
    train, test = series.split(numbers, 221)
    past, future, _ = series.examples(numbers, 24, 11, first=221)
    fit = baselines.fit_autoregression(train, 9)
    methods = {
        "persistence": baselines.persistence,
        "AR(9)": lambda past, steps: baselines.autoregression(fit, past, steps),
    }
    ahead, _, _ = series.examples(numbers, 24, first=221)
    one_year = {name: forecast(ahead, 1)[0] for name, forecast in methods.items()}
    stored = measured.forecasts()
    one_year["LSTM"] = stored.sunspots_ahead[:, 197:]
    errors = {name: np.abs(forecast(past, 11) - future).mean(axis=1) for name, forecast in methods.items()}
    errors |= dict(zip(measured.SUNSPOT_NETWORKS, stored.sunspots, strict=True))
    return when[221:], test, one_year, errors


def sea() -> tuple[Array, Array]:
    """Give the sea's temperature, less each month's mean."""
    months, temperature = elnino.load()
    return months, temperature - np.resize(elnino.monthly_means(temperature[:480]), len(temperature))


@cache
def passage() -> tuple[str, Array, Array]:
    """Give a passage of the book's prose, what each character costs in bits, and what moves each prediction."""
    network = trained.prose()
    words = text.split(text.book()).test[1390:1551]
    codes = text.encode(words, network.letters)
    log_p = log_softmax(network.model.predict(network.params, codes[:-1, None]))[:, 0]
    costs = -np.take_along_axis(log_p, codes[1:, None], axis=-1)[:, 0] / np.log(2)
    return words, costs, saliency(network.model, network.params, codes[:-1], codes[1:])


def next_letters(temperature: float) -> tuple[str, Array]:
    """Predict the character after "The forget gate "."""
    network = trained.prose()
    prompt = text.encode("The forget gate ", network.letters)[:, None]
    logits = network.model.predict(network.params, prompt)[-1, 0]
    return network.letters, sampling.softmax_with_temperature(logits, temperature)


@cache
def date() -> tuple[list[str], list[str], Array]:
    """Translate a date, one character after the other."""
    translator, written = trained.dates(), "Wednesday, 3 September 1997"
    answer = translator.net.greedy(translator.params, dates.encode(written)[:, None])
    return [*written], [*dates.decode(answer.tokens[:, 0]), "end"], answer.weights[:, 0]


@cache
def reordered() -> tuple[list[str], list[str], Array]:
    """Translate a sentence whose verb stands first."""
    speaker = trained.reordering()
    answer = speaker.net.greedy(speaker.params, reordering.encode(ASKED)[:, None])
    return ASKED, [*reordering.decode(answer.tokens[:, 0]), "end"], answer.weights[:, 0]


def solved(lags: Any, setups: tuple[str, ...], table: Array) -> tuple[Any, dict[str, Array], int]:
    """Count the runs that solved a task."""
    return lags, dict(zip(setups, (table > 0.9).sum(axis=-1), strict=True)), table.shape[-1]


def timed(who: str, size: tuple[int, int, int, int], ratio: float) -> Any:
    """Give a measured time as the table of speed does."""
    return SimpleNamespace(size=size, who=who, low=0.8 * ratio, ratio=ratio, high=1.3 * ratio)


RATIOS = {(100, 1, 8, 16): (5.2, 1.4), (100, 16, 8, 32): (2.9, 0.7), (20, 64, 64, 256): (1.3, 0.4)}
TIMES = [
    timed(who, size, ratio)
    for size, ratios in {
        (100, 1, 8, 16): (5.2, 1.4),
        (100, 16, 8, 32): (2.9, 0.7),
        (20, 64, 64, 256): (1.3, 0.4),
    }.items()
    for who, ratio in zip(("through_time", "PyTorch"), ratios, strict=True)
]
SHARES = {
    "B=1, H=16": {"products": 0.14, "sigmoid, tanh": 0.31, "the rest": 0.55},
    "B=64, H=256": {"products": 0.72, "sigmoid, tanh": 0.17, "the rest": 0.11},
}
STEPS = 10.0 ** np.arange(
    -12, 0
)  # and the errors of page 07: to the left they are rounding, and not the same everywhere
ERRORS = [2.4e-4, 3.3e-5, 2.1e-6, 2.6e-7, 3.1e-8, 2.8e-9, 3.6e-10, 4.1e-10, 4.0e-8, 4.0e-6, 4.0e-4, 3.9e-2]
PULSES = np.zeros(30)
PULSES[[2, 15]] = 0.9, -0.7
KEPT = np.full(30, 0.96)
KEPT[15] = 0.0
WAVE = np.sin(np.arange(120) / 6)
OPENING = sigmoid((np.abs(np.arange(120) - 60) - 25) / 4)


def carried() -> Array:
    """Give a cell state that is loaded, kept, and loaded again."""
    c = np.zeros(30)
    for t in range(30):
        c[t] = KEPT[t] * c[t - 1] + PULSES[t]
    return c


# --- the pictures


def beside(count: int, width: float = 9.0, height: float = 2.8) -> Any:
    """Make a figure of several plots side by side."""
    return plt.subplots(1, count, figsize=(width, height), layout="constrained")[1]


def each(plots: Any, draw: Callable[..., Axes], options: list[dict[str, Any]]) -> Axes:
    """Draw on each plot with its own options."""
    return [draw(**own, ax=ax) for ax, own in zip(plots, options, strict=True)][-1]


PICTURES: dict[str, Callable[[], Axes]] = {
    "draw_ablation-c": lambda: figures.draw_ablation(*ablated("c"), labels=LONGER, answer="plural"),
    "draw_ablation-both": lambda: figures.draw_ablation(*ablated("both"), labels=LONGER, answer="plural"),
    "draw_accuracy": lambda: figures.draw_accuracy(
        measured.TRANSLATION_PHRASES,
        dict(zip(measured.TRANSLATION_NETS, measured.translation(), strict=True)),
        learned_up_to=6,
        length_label="phrases in the sentence",
        accuracy_label="translations without a mistake",
    ),
    "draw_activations": lambda: figures.draw_activations(),
    "draw_alignment-letters": lambda: figures.draw_alignment(*date()),
    "draw_alignment-words": lambda: figures.draw_alignment(*reordered(), at=2),
    "draw_backward": lambda: figures.draw_backward(*gradients()[:3], d_output=gradients()[3]),
    "draw_backward-hidden": lambda: figures.draw_backward(*gradients()[:3], highlight="hidden"),
    "draw_backward-update": lambda: figures.draw_backward(*gradients()[:3], highlight="update"),
    "draw_bidirectional": lambda: figures.draw_bidirectional(BOTH_WAYS),
    "draw_bidirectional-at": lambda: figures.draw_bidirectional(BOTH_WAYS, at=1),
    "draw_both_directions": lambda: figures.draw_both_directions(both_ways(), ("f", "c"), labels=BOTH_WAYS),
    "draw_breakdown": lambda: figures.draw_breakdown(SHARES, unit="share of the reference engine's time, forward"),
    "draw_cell": lambda: figures.draw_cell(sentence()[4], token="cat"),
    **{
        f"draw_cell-{part}": lambda part=part: figures.draw_cell(sentence()[4], token="cat", highlight=part)
        for part in ("forget", "input", "candidate", "update", "output", "hidden")
    },
    "draw_cell-rnn": lambda: figures.draw_cell(one_step(rnn)),
    "draw_cell-lstm_no_forget": lambda: figures.draw_cell(one_step(lstm_no_forget)),
    "draw_cell-cifg": lambda: figures.draw_cell(one_step(cifg), highlight="input"),
    "draw_cell-peephole": lambda: figures.draw_cell(
        one_step(peephole, p=np.sin(np.arange(12.0))), highlight="peepholes"
    ),
    "draw_cell-gru": lambda: figures.draw_cell(one_step(gru), highlight="hidden"),
    "draw_cell-gru_reset_before": lambda: figures.draw_cell(one_step(gru_reset_before)),
    "draw_cell_state-kept_and_added": lambda: figures.draw_cell_state(carried(), f=KEPT, added=PULSES),
    "draw_cell_state-hidden": lambda: figures.draw_cell_state(
        np.full(20, 0.8), h=np.repeat([1.0, 0.0, 1.0], [4, 8, 8]) * np.tanh(0.8), start=0.8
    ),
    "draw_counts": lambda: figures.draw_counts(
        (measured.grid() > 0.95).sum(axis=-1),
        5,
        rows=measured.GRID_SIZES,
        columns=measured.GRID_LEARNING_RATES,
        row_label="units H",
        column_label="learning rate (Adam)",
    ),
    "draw_dot_plot": lambda: figures.draw_dot_plot(
        dict(zip(measured.DEPTH_NETS, measured.depth()[:, :, -1], strict=True)),
        value_label="share of symbols copied rightly after 1200 steps",
    ),
    "draw_dot_plot-log": lambda: figures.draw_dot_plot(
        dict(zip(measured.CELLS, measured.cells_stream().loss, strict=True)),
        value_label="loss on the stream (nats a word)",
        log=True,
    ),
    "draw_error_by_horizon": lambda: figures.draw_error_by_horizon(
        forecasting()[3], label="mean absolute error (sunspots)", step_label="years ahead"
    ),
    "draw_fault_pattern": lambda: figures.draw_fault_pattern(fault("cell_state_off_by_one")),
    "draw_fault_pattern-gradient": lambda: figures.draw_fault_pattern(fault("cell_state_gradient_dropped")),
    "draw_field-gate": lambda: figures.draw_field(sentence(), "f", labels=WORDS),
    "draw_field-cell_state": lambda: figures.draw_field(masked(), "c"),
    "draw_forecasts": lambda: figures.draw_forecasts(
        forecasting()[0],
        forecasting()[1],
        {name: (forecasting()[0], forecasting()[2][name]) for name in ("AR(9)", "LSTM")},
        label="sunspot number",
    ),
    "draw_forecasts-start": lambda: figures.draw_forecasts(*sea(), {}, start=1990, label="anomaly (°C)"),
    "draw_framework_weights": lambda: figures.draw_framework_weights(weights()),
    "draw_gated_signal": lambda: figures.draw_gated_signal(WAVE, OPENING),
    "draw_gated_signal-forget": lambda: figures.draw_gated_signal(WAVE, 1 - OPENING, symbol="f"),
    "draw_gated_value": lambda: each(
        beside(4),
        figures.draw_gated_value,
        [{"value": 1.5, "gate": sigmoid(z)} for z in (0.0, 2.0)]
        + [{"value": -1.5, "gate": sigmoid(4.0), "symbol": "f"}, {"value": 1.5, "gate": tanh(-1.0), "symbol": "g"}],
    ),
    "draw_gradcheck_error": lambda: figures.draw_gradcheck_error(STEPS, ERRORS, 2.2e-16),
    "draw_gradient_bands": lambda: each(
        beside(2),
        figures.draw_gradient_bands,
        [bands(scale=1.0, bias=1.0), bands(scale=6.0, bias=6.0) | {"lag": 60}],
    ),
    "draw_gradient_norms": lambda: figures.draw_gradient_norms(
        {"RNN": lag_norms(rnn, "h")} | {f"LSTM, bias {b}": lag_norms(lstm, "c", forget_bias=b) for b in (0, 1, 2, 5)}
    ),
    "draw_half_lives": lambda: figures.draw_half_lives(steps=20),
    "draw_intervention": lambda: figures.draw_intervention(sentence(), emptied(), labels=WORDS, step=2),
    "draw_leaderboard": lambda: figures.draw_leaderboard(
        {name: np.abs(one - forecasting()[1]).mean(axis=-1) for name, one in forecasting()[2].items()},
        label="mean absolute error one year ahead (sunspot number)",
    ),
    "draw_learning_curves": lambda: figures.draw_learning_curves(
        dict(zip(("RNN", "LSTM, forget bias 1", "LSTM, chrono"), measured.adding(), strict=True)),
        steps=np.arange(25, 2501, 25),
        level=adding.baseline(),
        level_label="always 1",
        loss_label="squared error",
    ),
    "draw_moved_outputs": lambda: figures.draw_moved_outputs(
        {"both ways": moved(Bidirectional(lstm), 29), "forward": moved(Recurrent(lstm), 29)}, 29
    ),
    "draw_next_probabilities": lambda: each(
        beside(2),
        figures.draw_next_probabilities,
        [{"shown": 8, **dict(zip(("letters", "probabilities"), next_letters(t), strict=True))} for t in (0.3, 1.0)],
    ),
    "draw_series": lambda: figures.draw_series(*sunspots.load(), label="sunspots, yearly mean"),
    "draw_soft_gate": lambda: figures.draw_soft_gate(1.5, 1.0),
    "draw_soft_gate-tanh": lambda: figures.draw_soft_gate(1.5, -1.0, activation="tanh"),
    "draw_seeds": lambda: figures.draw_seeds(
        measured.agreement_by_distance().distractors,
        measured.agreement_by_distance().accuracy[0],
        label="nouns in between",
    ),
    "draw_success-lag": lambda: figures.draw_success(
        *solved(measured.LATCH_LAGS, measured.SETUPS, measured.latch()), lag_label="lag (steps)"
    ),
    "draw_success-length": lambda: figures.draw_success(
        *solved(measured.ORDER_LENGTHS, measured.ORDER_SETUPS, measured.order()), lag_label="length T (steps)"
    ),
    "draw_text-cost": lambda: figures.draw_text(
        passage()[0][1:], passage()[1], limit=8.0, label="cost of each character, in bits"
    ),
    "draw_text-cell_state": lambda: figures.draw_text(
        story()[0][:-1], story()[1].c[:, 0, 22], "c", label="cell state c of unit 22"
    ),
    "draw_text-at": lambda: figures.draw_text(
        passage()[0][80:-1], passage()[2][142, 80:], label="the next character is marked", at=62
    ),
    "draw_time_ratios": lambda: figures.draw_time_ratios(TIMES),
    "draw_trace-words": lambda: figures.draw_trace(sentence(), labels=WORDS),
    "draw_trace-series": lambda: figures.draw_trace(
        years(), labels=sunspots.load().years, input_label="sunspots / 100", fields=("f", "c")
    ),
    "draw_trace-masked": lambda: figures.draw_trace(masked()),
    "draw_unit-words": lambda: figures.draw_unit(sentence(), unit=2, labels=WORDS),
    "draw_unit-series": lambda: figures.draw_unit(years(), unit=1, labels=sunspots.load().years),
    "draw_weight_blocks": lambda: figures.draw_weight_blocks(trained.agreement().cell),
}


def ablated(part: str) -> tuple[Any, Any, int, str]:
    """Read a longer sentence as it is, and with part of the state set to 0 before the ninth word."""
    network, xs = trained.agreement(), agreement.encode(LONGER)
    return run_without(network, xs, 0, "nothing"), run_without(network, xs, 8, part), 8, part


def fault(name: str) -> faults.Pattern:
    """Examine a cell that has a fault."""
    found = faults.fault_named(name)
    return faults.examine(found.cell, found.engine)


def bands(scale: float, bias: float) -> dict[str, Array]:
    """Give the measured gradients for one scale of the weights and one forget bias."""
    table = measured.gradients()
    s, b = measured.GRADIENT_SCALES.index(scale), measured.GRADIENT_BIASES.index(bias)
    return {"lstm": table.lstm[s, b], "rnn": table.rnn[s]}


def draw(name: str) -> Figure:
    """Draw a picture in the house style, as it would be on a page; the caller keeps matplotlib's defaults."""
    figures.use_style()
    return PICTURES[name]().figure


def function_of(name: str) -> Callable[..., Axes]:
    """Give the function that a picture's name says."""
    return getattr(figures, name.partition("-")[0])
