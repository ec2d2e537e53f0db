"""Code that exists in Python and in JavaScript: both run the same cases."""

import numpy as np
import pytest

from lstm_helpers import activations
from lstm_helpers.cells import lstm, rnn
from lstm_helpers.data import trained
from lstm_helpers.data.tasks import agreement
from lstm_helpers.figures import style
from lstm_helpers.figures.axes import say_power
from lstm_helpers.figures.diagram import say_gradient
from lstm_helpers.interventions import apply_gates, steady_state
from lstm_helpers.language import sampling
from lstm_helpers.layers import Recurrent, Residual, Stacked
from lstm_helpers.widgets import (
    AlignmentInspector,
    BlockOrder,
    CellVariants,
    FadingDifference,
    FaultPicker,
    ForecastOrigin,
    GateSliders,
    GradientDial,
    MemoryAblation,
    MovedOutputs,
    SoftGate,
    StackGradient,
    TemperatureSampler,
    TextInspector,
)
from lstm_helpers.widgets.block_order import ORDERS
from lstm_helpers.widgets.temperature_sampler import TEMPERATURES
from lstm_helpers.widgets.variants import FEEDS
from tests.javascript import run

RNG = np.random.default_rng(16)


# Numbers and places


def test_numbers_are_written_the_same():
    values = [0.0, -0.0, -0.001, 0.125, 0.375, 0.5, 1.5, 2.5, -12.345, 1.005, 99.95, 1e6 + 0.5]
    values += [k / 8 for k in range(-40, 40)] + (RNG.normal(size=400) * 10.0 ** RNG.integers(-3, 6, 400)).tolist()
    cases = [(value, digits) for value in values for digits in (0, 1, 2, 3)]
    said = run("numbers", "return sent.map(([value, digits]) => fixed(value, digits));", *cases)
    assert said == [style.number(*case) for case in cases]


def test_powers_and_gradients_are_written_the_same():
    logs = [0.0, 1.0, -1.0, 3.999, 4.0, -3.0, -3.3, -4.2, 17.6, -52.3, *RNG.uniform(-60, 20, 300)]
    assert run("numbers", "return sent.map((log) => sayPower(10 ** log));", *logs) == [say_power(log) for log in logs]
    small = [0.0, 0.0004, -0.0004, 0.00051, -3.2e-12, 0.25, *(RNG.normal(size=200) * 10.0 ** RNG.integers(-9, 3, 200))]
    assert run("numbers", "return sent.map(sayGradient);", *small) == [say_gradient(value) for value in small]


def test_axes_end_at_the_same_limits():
    values = [0, 0.3, 1, 1.01, 2.4, 3, 3.5, 5, 5.1, 10, 25, 30, 31, 50, 51, 201, sum([0.1] * 10), sum([0.1] * 30)]
    values += np.exp(RNG.uniform(-2, 9, 200)).tolist()
    assert run("numbers", "return sent.map(niceLimit);", *values) == [style.nice_limit(value) for value in values]


def test_labels_are_pushed_apart_the_same():
    cases = [([5.0, 20.0], 12.0, 100.0), ([-10.0, 5.0], 10.0, 60.0), ([50.0, 50.0, 50.0], 40.0, 60.0)]
    for size in range(1, 9):
        cases += [((10.0 * RNG.integers(0, 12, size)).tolist(), 12.0, 120.0) for _ in range(20)]  # often equal
        cases += [(RNG.uniform(-20, 140, size).tolist(), float(RNG.uniform(1, 20)), 120.0) for _ in range(20)]
    body = "return sent.map(([places, distance, height]) => spread(places, distance, 30, 30 + height));"
    lifted = [([place + 30 for place in places], *more) for places, *more in cases]
    for case, found in zip(cases, run("numbers", body, *lifted), strict=True):
        np.testing.assert_allclose(np.array(found) - 30, style.spread(*case), atol=1e-9, err_msg=str(case))


# Computations


def test_activations_are_the_same():
    z = np.concatenate([[0, 700, -700, 36.7, -36.7], RNG.normal(0, 4, 100)])
    s = activations.sigmoid(z[5:])
    body = """
        const [z, s] = sent;
        return [z.map(sigmoid), s.map(sigmoidDerivative), s.map(tanhDerivative), s.map(logit), s.map(halfLife)];
    """
    found = run("activations", body, z.tolist(), s.tolist())
    of_gates = (activations.sigmoid_derivative, activations.tanh_derivative, activations.logit, activations.half_life)
    wanted = [activations.sigmoid(z), *(of(s) for of in of_gates)]
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-300)


def test_the_cell_state_is_the_same():
    cases = [(1.0, 1.0, 0.5, 1.0, 20, "always"), (0.0, 1.0, -1.0, 0.5, 3, "once"), (0.3, 0.0, 1.0, 1.0, 1, "always")]
    for feed in ("once", "always"):
        for steps in range(1, 60, 3):
            cases.append((*RNG.uniform([0, 0, -1, 0], 1).tolist(), steps, feed))
    body = "return sent.map(([f, i, g, o, steps, feed]) => [applyGates(f, i, g, o, steps, feed), limit(f, i, g)]);"
    for (*gates, steps, feed), (found, end) in zip(cases, run("gate_sliders", body, *cases), strict=True):
        wanted = apply_gates(*gates, steps, feed=feed)
        for name, values in wanted._asdict().items():
            np.testing.assert_allclose([one[name] for one in found], values, rtol=1e-12, atol=1e-15)
        if gates[0] < 1:
            assert end == pytest.approx(steady_state(*gates[:3]), rel=1e-12)


def test_a_temperature_has_the_same_effect():
    cases = [(RNG.normal(0, 5, 30).tolist(), tau) for tau in TEMPERATURES]
    found = run("temperature_sampler", "return sent.map((one) => tempered(...one));", *cases)
    for (logits, tau), one in zip(cases, found, strict=True):
        np.testing.assert_allclose(one, sampling.softmax_with_temperature(np.array(logits), tau), rtol=1e-12)


# Sentences


def say(widget, settings, body):
    """Give the sentences of Python and of JavaScript at each of a widget's settings."""
    states, said = [], []
    for setting in settings:
        for name, value in setting.items():
            setattr(widget, name, value)
        states.append({k: v for k, v in widget.get_state().items() if k not in ("_esm", "_css", "layout")})
        said.append(getattr(widget, "forgetting", None) or widget.words)
    script = type(widget).__name__
    file = "".join("_" + letter.lower() if letter.isupper() else letter for letter in script).removeprefix("_")
    return said, run(file, f"return sent.map(modelOf).map((m) => {{ {body} }});", *states)


def settings_of(**choices):
    """Give every combination of some settings."""
    names = list(choices)
    grid = np.meshgrid(*(np.arange(len(choices[name])) for name in names), indexing="ij")
    return [
        {name: choices[name][k] for name, k in zip(names, index, strict=True)}
        for index in zip(*(axis.ravel().tolist() for axis in grid), strict=True)
    ]


def rnn_pair():
    rng = np.random.default_rng(3)
    params, xs = rnn.init(rng, 4, 6), rng.normal(size=(12, 1, 4))
    others = xs.copy()
    others[2] += 1
    return params, xs, others


def bidirectional():
    rng = np.random.default_rng(5)
    return (lstm.init(rng, 3, 4), lstm.init(rng, 3, 4)), rng.normal(size=(7, 1, 3))


def forecasts(methods, origins):
    """Give a series in quarters, so that errors are often equal, and often lie between two numbers of one digit."""
    rng = np.random.default_rng(8)
    values = rng.integers(-12, 20, 40) / 4
    tables = {name: rng.integers(-12, 20, (3, origins)) / 4 for name in methods}
    return ForecastOrigin(np.arange(1960, 2000), values, np.arange(5, 5 + origins), tables)


def four_stacks():
    rng = np.random.default_rng(9)
    plain = Stacked(*[Recurrent(lstm)] * 3)
    params, xs, d_last = plain.init(rng, 4, 4), rng.normal(size=(4, 1, 4)), rng.normal(size=(1, 4))
    loud = tuple(lstm.Params(9 * p.W_x, p.W_h, p.b) for p in params)
    silent = tuple(lstm.Params(p.W_x, p.W_h, p.b - 1e3 * (np.arange(16) >= 12)) for p in params)
    residual = Stacked(*[Residual(Recurrent(lstm))] * 3)
    stacks = {"plain": (plain, params), "residual": (residual, params), "silent": (plain, silent)}
    return StackGradient({**stacks, "loud": (residual, loud)}, xs, d_last)


SENTENCE = "the dogs near the cat behind the horses".split()
PARENTHESES = "he [ then { a ( an ) } the ] and "
PATTERN = {"half": np.linspace(0, 3, len(PARENTHESES) - 1), "open": np.arange(len(PARENTHESES) - 1) % 4}
SOURCE, ANSWER = "sleep the old dogs near the cat".split(), [*"dogi olda kato nere".split(), " "]
CASES = {
    "soft gate": (
        SoftGate,
        settings_of(value=[-2.0, -1.2, 0.0, 1.5], z=[-6.0, -5.3, -1.0, 0.0, 2.0, 5.1], activation=["sigmoid", "tanh"]),
        """const now = { value: m.get("value"), z: m.get("z"), activation: m.get("activation") };
           return sentence(now, passed(now));""",
    ),
    "gate sliders": (
        GateSliders,
        settings_of(f=[0.0, 1.0, 0.5, 0.9, 0.9933, 0.999, 0.125]),
        'return forgetting(m.get("f"));',
    ),
    "fault picker": (
        FaultPicker,
        None,
        """const errors = unpackErrors(m);
           return sentence(errors, errors.of(m.get("fault")), m.get("experiment"));""",
    ),
    "gradient dial": (
        GradientDial,
        settings_of(lag=[0, 1, 7, 60, 100], forget_bias=[0.0, 1.0, 3.5], weight_scale=[0.5, 1.5, 6.0]),
        """const table = unpackTables(m);
           const now = { lag: m.get("lag"), bias: m.get("forget_bias"), scale: m.get("weight_scale") };
           return sentence(now, table.curves(now), table.seeds);""",
    ),
    "fading difference": (
        lambda: FadingDifference(*rnn_pair()),
        settings_of(scale=[0.0, 0.05, 0.5, 1.0, 1.25, 2.0]),
        """const [size, scale] = [m.get("_size"), m.get("scale")];
           return sentence(scale, fade(unpackNumbers(m), scale, size), size);""",
    ),
    "memory ablation": (
        lambda: MemoryAblation(trained.agreement(), agreement.encode(SENTENCE), SENTENCE, answer="plural"),
        settings_of(at=[0, 3, 7], zeroed=["nothing", "h", "c", "both"], unit=[0, 2]),
        """const run = unpack(m);
           const now = { at: m.get("at"), zeroed: m.get("zeroed"), unit: m.get("unit") };
           return sentence(now, run.original(now.unit), run.without(now), run);""",
    ),
    "moved outputs": (
        lambda: MovedOutputs(*bidirectional()),
        settings_of(at=range(7)),
        'return sentence(unpackMoved(m), m.get("at"), m.get("_labels").length);',
    ),
    "temperature sampler": (
        lambda: TemperatureSampler(trained.brackets(), ["( he", "[ the { a "], length=3, samples=1),
        settings_of(temperature=TEMPERATURES, prompt=[0, 1]),
        """const p = tempered(unpackScores(m)[m.get("prompt")], m.get("temperature"));
           return sentence(p, m.get("temperature"), m.get("_letters"), m.get("_grid").names);""",
    ),
    "text inspector": (
        lambda: TextInspector(trained.brackets(), PARENTHESES, patterns=PATTERN),
        settings_of(at=range(len(PARENTHESES) - 1), unit=[0, 22], pattern=["", "half", "open"]),
        """const [run, at, unit] = [unpackText(m), m.get("at"), m.get("unit")];
           return describe(run, at, unit) + compare(run, at, unit, m.get("pattern"));""",
    ),
    "block order": (
        lambda: BlockOrder(trained.agreement(), " ".join(SENTENCE), agreement.batch(RNG, 30, 2)),
        settings_of(read=ORDERS),
        'return sentence(unpackOrders(m), m.get("read"));',
    ),
    "block order, of one sentence": (
        lambda: BlockOrder(trained.agreement(), "dogs", agreement.batch(RNG, 1, 2)),
        settings_of(read=ORDERS),
        'return sentence(unpackOrders(m), m.get("read"));',
    ),
    "cell variants": (
        CellVariants,
        settings_of(z_f=range(-4, 7), feed=list(FEEDS)),
        'return sentence(m.get("_about"), unpackHeld(m)(m.get("feed"), m.get("z_f")), m.get("z_f"));',
    ),
    **{
        f"forecast origin, {what}": (
            lambda methods=methods, origins=origins: forecasts(methods, origins),
            settings_of(origin=range(origins), ahead=[1, 2, 3]),
            'return sentence(unpackForecasts(m), m.get("origin"), m.get("ahead"));',
        )
        for what, methods, origins in (
            ("of four methods", "abcd", 30),
            ("of one method", "a", 9),
            ("of one origin", "abc", 1),
        )
    },
    "stack gradient": (
        four_stacks,
        settings_of(stack=["plain", "residual", "silent", "loud"], layer=range(4), step=range(1, 5)),
        """const name = m.get("stack");
           return sentence(name, unpackSizes(m).get(name), m.get("_shape"), m.get("layer"), m.get("step"));""",
    ),
    "alignment inspector": (
        lambda: AlignmentInspector(SOURCE, ANSWER, np.random.default_rng(0).dirichlet(np.full(7, 0.3), size=5)),
        settings_of(at=range(5)),
        'return describe(unpackAlignment(m), m.get("at"));',
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_sentence_below_a_widget_is_the_same(case):
    make, settings, body = CASES[case]
    widget = make()
    if settings is None:
        names = widget._names
        settings = settings_of(fault=names["faults"], experiment=names["columns"])
    python, javascript = say(widget, settings, body)
    assert javascript == python
    assert len(set(python)) > 0.4 * len(python), "different settings give different sentences"
