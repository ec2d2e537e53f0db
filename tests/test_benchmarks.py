"""The arithmetic behind the tables of speed, and their files; that something is fast is never asserted."""

import importlib.util
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks import __main__ as program
from benchmarks import cases, contenders, machine, measure, report
from benchmarks.cases import Case
from lstm_helpers import cells
from lstm_helpers.arrays import leaves
from lstm_helpers.cells import cifg
from lstm_helpers.data import measured
from lstm_helpers.data.measured import Measurement, Speed
from lstm_helpers.frameworks import layouts
from lstm_helpers.gradcheck import relative_error
from lstm_helpers.layers import Recurrent
from lstm_helpers.seq2seq.attention import ScaledDot
from tests.test_frameworks_torch import gradients, stacked

ROOT = Path(__file__).resolve().parents[1]
SMALL = Case(3, 2, 4, 5)
LAYERS = [*cases.every_cell(), *cases.WIRINGS]


def row(what="both", dtype="float32", size=(20, 1, 4, 8), who="PyTorch", value=0.002, low=1.5, ratio=2.0, high=2.5):
    return Measurement(what, dtype, *size, "Recurrent(lstm)", who, value, low, ratio, high)


TABLE = Speed(
    "a machine, 2 cores",
    (
        row(who=contenders.OURS, value=0.001, low=1.0, ratio=1.0, high=1.0),
        row(),
        row(who=measure.PRODUCTS, ratio=0.25),
        row("random", who="PyTorch", ratio=0.5),
        row("random", who="PyTorch", ratio=4.0),
        row("memory both", who=contenders.OURS, value=2.0**20, ratio=1.0),
        row("memory both", value=3 * 2.0**20, ratio=3.0),
        *(
            row("length", size=(T, 16, 8, 32), who=contenders.OURS, value=round(1e-5 * T + 1e-4, 6))
            for T in (50, 100, 200)
        ),
    ),
)


# --- cases


def test_operations_count_the_products_of_a_run():
    """Counted by hand: each step multiplies (2, 9) by (9, 20); a product of (m, k) and (k, n) takes 2 m k n."""
    forward = 3 * 2 * 2 * 9 * 20
    assert cases.operations(SMALL, "forward") == forward
    back = 3 * 2 * 2 * 20 * 5 + 2 * 9 * 6 * 20 + 2 * 6 * 20 * 4  # to h; to the weights; to x
    assert cases.operations(SMALL, "both") == forward + back
    assert cases.operations(SMALL, "step") == forward + back + 3 * 2 * 6 * 5 * cases.OUTPUT_SIZE


@pytest.mark.parametrize("kind", ["forward", "both"])
def test_the_bound_does_the_products_that_are_counted_and_no_more(kind, monkeypatch):
    done = []
    multiply = np.matmul

    def count(a, b, out):
        done.append(2 * a.shape[0] * a.shape[1] * b.shape[1])
        return multiply(a, b, out=out)

    run = cases.products(SMALL, "float32", kind)
    monkeypatch.setattr(np, "matmul", count)
    run()
    ones = 2 * SMALL.B * 4 * SMALL.H * SMALL.T  # the bias is a row of W, multiplied by 1
    assert sum(done) == cases.operations(SMALL, kind) + ones * (1 if kind == "forward" else 2)


def test_random_sizes_are_the_same_each_time_and_within_their_limits():
    sizes = cases.random_sizes()
    assert len(set(sizes)) == 28 and sizes == cases.random_sizes() != cases.random_sizes(seed=1)
    assert np.all(np.min(sizes, axis=0) >= [10, 1, 1, 4]) and np.all(np.max(sizes, axis=0) <= [300, 64, 128, 256])
    assert not set(sizes) & set(cases.SIZES)


# --- contenders


@pytest.mark.parametrize("kind", cases.KINDS)
def test_ours_and_the_reference_do_the_same_work(kind):
    runs = [contenders.make(name, kind, SMALL, "float64") for name in (contenders.OURS, "through_time")]
    results = [run() for run in runs]
    if kind == "forward":
        np.testing.assert_allclose(results[0].h, results[1].h, rtol=0, atol=1e-14)
    if kind == "both":
        np.testing.assert_allclose(results[0].params.W_x, results[1].params.W_x, rtol=0, atol=1e-12)


def test_a_training_step_trains():
    run = contenders.make(contenders.OURS, "step", SMALL, "float64")
    before = run.__closure__ and [
        cell.cell_contents for cell in run.__closure__ if isinstance(cell.cell_contents, list)
    ]
    (now,) = before
    first = now[0]
    run()
    run()
    assert int(now[1].step) == 2 and np.abs(now[0].layer.W_x - first.layer.W_x).max() > 0


def test_a_library_that_is_not_installed_is_left_out(monkeypatch):
    assert contenders.names("both", "float64")[:2] == [contenders.OURS, "through_time"]
    monkeypatch.setattr(contenders.importlib.util, "find_spec", lambda name: None)
    assert contenders.names("forward", "float32") == [contenders.OURS, "through_time"]
    monkeypatch.setattr(contenders.importlib.util, "find_spec", lambda name: name)
    everybody = [contenders.OURS, "through_time", "PyTorch", contenders.TWO_THREADS, "ONNX Runtime", "JAX, jit"]
    assert contenders.names("forward", "float32") == everybody
    for kind, dtype in (("both", "float32"), ("forward", "float64")):  # ONNX Runtime has neither
        assert contenders.names(kind, dtype) == [name for name in everybody if name != "ONNX Runtime"]


def test_onnx_runtime_runs_the_case():
    (y,) = contenders.make("ONNX Runtime", "forward", SMALL, "float32")()
    assert y.shape == (3, 1, 2, 5) and 0 < np.abs(y).max() < 1


def test_the_cells_are_those_of_the_package_and_one_ablated():
    listed = [repr(Recurrent(cell)) for cell in cells.CELLS]
    assert [repr(layer) for layer in cases.every_cell()] == [*listed, "Recurrent(Ablated('input gate'))"]


ELSEWHERE = [Recurrent(kind.cell) for kind in layouts.KINDS]
ELSEWHERE += [layer for layer in cases.WIRINGS if "Residual" not in repr(layer)]


@pytest.mark.parametrize("layer", LAYERS, ids=repr)
def test_a_layer_is_compared_with_every_library_that_has_it(layer, monkeypatch):
    assert ("ONNX Runtime" in contenders.rivals(layer, "forward", "float32")) == (layer in ELSEWHERE)
    for kind, dtype in (("both", "float32"), ("forward", "float64")):
        assert "ONNX Runtime" not in contenders.rivals(layer, kind, dtype)
    monkeypatch.setattr(contenders.importlib.util, "find_spec", lambda name: None)
    assert contenders.rivals(layer, "forward", "float32") == []


@pytest.mark.needs("torch")
@pytest.mark.parametrize("layer", LAYERS, ids=repr)
def test_pytorch_runs_the_layers_that_it_has(layer):
    for kind, dtype in (("forward", "float32"), ("both", "float32"), ("both", "float64")):
        assert ("PyTorch" in contenders.rivals(layer, kind, dtype)) == (layer in ELSEWHERE)


@pytest.mark.parametrize("layer", ELSEWHERE, ids=repr)
def test_onnx_runtime_gives_our_outputs(layer):
    (theirs,) = contenders.make("ONNX Runtime", "forward", SMALL, "float32", layer)()
    ours = contenders.make(contenders.OURS, "forward", SMALL, "float32", layer)().output
    assert theirs.size == ours.size and np.abs(theirs.reshape(ours.shape) - ours).max() <= 1e-6


@pytest.mark.needs("torch")
@pytest.mark.parametrize("layer", ELSEWHERE, ids=repr)
def test_pytorch_does_the_work_that_ours_does(layer):
    """The same outputs, and every gradient that ours gives: of weights, inputs and starting states."""
    ours, theirs = (
        {kind: contenders.make(name, kind, SMALL, "float64", layer)() for kind in ("forward", "both")}
        for name in (contenders.OURS, "PyTorch")
    )
    assert relative_error(theirs["forward"].numpy(), ours["forward"].output) <= 1e-12
    net, xs, *starts = theirs["both"]
    assert relative_error(xs.grad.numpy(), ours["both"].xs) <= 1e-12
    own = [leaf for _, leaf in leaves(ours["both"].params)]
    assert all(relative_error(a, b) <= 1e-12 for a, b in zip(gradients(net), own, strict=True))
    states = stacked(importlib.import_module("torch"), ours["both"].state)
    for a, b in zip(starts, states if isinstance(states, tuple) else (states,), strict=False):  # no c: h alone
        assert relative_error(a.grad.numpy(), b.detach().numpy()) <= 1e-12


@pytest.mark.needs("torch")
def test_pytorchs_attention_does_the_work_that_ours_does():
    calls = contenders.attention(ScaledDot(), SMALL, "float64")
    back = calls[contenders.OURS]()
    W_q, W_k, queries, keys = (tensor.grad.numpy() for tensor in calls["PyTorch"]())
    assert relative_error((W_q, W_k), tuple(back.params)) <= 1e-12
    assert relative_error((queries.swapaxes(0, 1), keys.swapaxes(0, 1)), (back.queries, back.keys)) <= 1e-12


# --- measuring


def test_a_comparison_has_a_row_for_each_and_ours_is_1():
    rows = measure.compare("both", "both", SMALL, "float64", [contenders.OURS, "through_time"], 0.01)
    assert [r.who for r in rows] == [contenders.OURS, "through_time", measure.PRODUCTS]
    assert rows[0][-3:] == (1.0, 1.0, 1.0)
    assert all(r.what == "both" and r.size == SMALL and r.value > 0 and r.low <= r.ratio <= r.high for r in rows)


def test_the_slow_reference_skips_large_cases(monkeypatch):
    asked = []
    monkeypatch.setattr(contenders, "names", lambda kind, dtype: [contenders.OURS, "through_time"])
    monkeypatch.setattr(measure, "compare", lambda *given: asked.append(given[4]) or list(TABLE.rows[:3]))
    measure.side_by_side(["forward"], ["float64"], [SMALL, Case(1000, 100, 100, 500)], 1.0, print)
    assert "through_time" in asked[0] and "through_time" not in asked[1]


def test_two_threads_are_measured_separately(monkeypatch):
    """The number of threads is the whole process's: a contender with two would give them to the others as well."""
    asked = []

    def compare(what, kind, case, dtype, who, seconds):
        asked.append(who)
        return [row(who=name) for name in who]

    monkeypatch.setattr(contenders, "names", lambda kind, dtype: [contenders.OURS, "PyTorch", contenders.TWO_THREADS])
    monkeypatch.setattr(measure, "compare", compare)
    rows = measure.side_by_side(["both"], ["float32"], [SMALL], 1.0, print)
    assert asked == [[contenders.OURS, "PyTorch"], [contenders.OURS, contenders.TWO_THREADS]]
    assert [r.who for r in rows] == [contenders.OURS, "PyTorch", contenders.TWO_THREADS]


def test_a_linear_fit_is_found_and_a_curve_is_reported():
    x = [50, 100, 200, 400]
    slope, start, r2 = measure.straight_line(x, [2 * T + 30 for T in x])
    assert abs(slope - 2) < 1e-10 and abs(start - 30) < 1e-8 and abs(r2 - 1) < 1e-12
    assert measure.straight_line(x, [T * T for T in x])[2] < 0.97


def test_lines_say_what_was_found():
    text = measure.line(TABLE.rows[:3])
    assert "(20, 1, 4, 8)" in text and "1.00 ms" in text and "PyTorch 2.00" in text and "bound reached 25%" in text
    assert measure.spread([1, 2, 3, 4, 5]) == "1.00 | 2.00 3.00 4.00 | 5.00"


def test_memory_is_measured_in_new_processes(monkeypatch):
    answers = {contenders.OURS: "1000\n", "through_time": "3000\n"}
    monkeypatch.setattr(contenders, "names", lambda kind, dtype: [*answers, "mute"])
    monkeypatch.setattr(measure.subprocess, "run", lambda words, **_: SimpleNamespace(stdout=answers.get(words[3], "")))
    rows = measure.memory([SMALL], print)
    assert [(r.what, r.who, r.value, r.ratio) for r in rows[:2]] == [
        ("memory forward", contenders.OURS, 1000.0, 1.0),
        ("memory forward", "through_time", 3000.0, 3.0),
    ]
    assert len(rows) == 4


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux sets the highest count back; elsewhere it is left out")
def test_a_process_counts_at_least_its_trace(monkeypatch):
    case = Case(400, 16, 8, 64)
    monkeypatch.setattr(contenders, "names", lambda kind, dtype: [contenders.OURS] if kind == "forward" else [])
    (found,) = measure.memory([case], lambda text: None)
    trace = 4 * case.T * case.B * (6 * case.H + case.D + 1)
    assert 0.9 * trace < found.value < 2.5 * trace


def without_others(monkeypatch):
    monkeypatch.setattr(contenders, "_installed", lambda package: False)


def test_every_layer_and_attention_is_measured_printed_and_read_back(tmp_path, monkeypatch):
    without_others(monkeypatch)
    monkeypatch.setattr(cases, "FOR_ATTENTION", (SMALL,))
    said = []
    rows = measure.of_layers(
        "cells", cases.every_cell(), contenders.OUR_LSTM_TO_READ, ["float32"], [SMALL], 0.01, said.append
    )
    rows += measure.of_layers("wirings", cases.WIRINGS, contenders.OUR_LSTM, ["float32"], [SMALL], 0.01, said.append)
    rows += measure.of_attention(["float32"], 0.01, said.append)
    names = list(dict.fromkeys(row.layer for row in rows))
    assert names == [repr(layer) for layer in (*LAYERS, *cases.ATTENTIONS)]
    assert [text.rpartition("   ")[2] for text in said] == names
    assert all(row.value > 0 and row.low <= row.ratio <= row.high for row in rows)

    measured.write_speed(tmp_path / "speed.csv", Speed("a machine", tuple(rows)))
    table = measured.speed(tmp_path / "speed.csv")
    assert [row[:8] for row in table.rows] == [row[:8] for row in rows]
    np.testing.assert_allclose([row[8:] for row in table.rows], [row[8:] for row in rows], rtol=1e-6)
    assert printed(report.as_markdown(table)) == wanted(table.rows)


def printed(text):
    """Read the numbers of all tables of layers, in order: what, dtype, size, layer, who, and the number as text."""
    found, names = {}, {title: what for what, (title, *_) in report.LAYERS.items()}
    kinds = {title.lower(): kind for kind, title in report.TITLES.items()}
    for line in text.splitlines():
        if line.startswith("### "):
            title, _, rest = line.removeprefix("### ").partition(": ")
            kind, _, dtype = rest.rpartition(", ")
            what = f"{names[title]} {kinds[kind]}"
        elif line.startswith("| T, B, D, H | layer |"):
            who = [contenders.OURS, *line.strip("| ").split(" | ")[3:]]
        elif line.startswith("| ") and "`" in line:
            size, layer, *numbers = line.strip("| ").split(" | ")
            key = (what, dtype, tuple(map(int, size.split(", "))), layer.strip("`"))
            found |= {(*key, name): number for name, number in zip(who, numbers, strict=True) if number != "–"}
    return found


def wanted(rows):
    numbers = {row: f"{row.value * 1e3:.3g}" if row.who == contenders.OURS else f"{row.ratio:.2f}" for row in rows}
    return {(row.what, row.dtype, row.size, row.layer, row.who): number for row, number in numbers.items()}


def test_a_table_of_layers_has_a_gap_where_a_library_has_no_such_layer():
    rows = [
        row("wirings both", who=contenders.OURS)._replace(layer="Residual"),
        row("wirings both", who=contenders.OUR_LSTM, ratio=0.5)._replace(layer="Residual"),
        row("wirings both", who=contenders.OURS),
        row("wirings both", who="PyTorch", ratio=3.0),
        row("wirings both", who=contenders.OUR_LSTM, ratio=0.25),
    ]
    assert report.layer_table(rows) == [
        "| T, B, D, H | layer | ours, ms | PyTorch | our LSTM |",
        "|---|---|---:|---:|---:|",
        "| 20, 1, 4, 8 | `Residual` | 2 | – | 0.50 |",
        "| 20, 1, 4, 8 | `Recurrent(lstm)` | 2 | 3.00 | 0.25 |",
    ]
    assert printed(report.as_markdown(Speed("a machine", tuple(rows)))) == wanted(rows)


def test_forward_alone_is_measured_where_onnx_runtime_takes_part(monkeypatch):
    monkeypatch.setattr(contenders, "_installed", lambda package: package.startswith("onnx"))
    layers = [Recurrent(cifg), *ELSEWHERE[:2]]
    rows = measure.of_layers("wirings", layers, contenders.OUR_LSTM, ["float32"], [SMALL], 0.01, lambda text: None)
    forward = [(r.layer, r.who) for r in rows if r.what == "wirings forward"]
    who = (contenders.OURS, "ONNX Runtime", contenders.OUR_LSTM)
    assert forward == [(repr(layer), name) for layer in ELSEWHERE[:2] for name in who]
    assert "ONNX Runtime" not in {r.who for r in rows if r.what == "wirings both"}


def test_a_new_cell_is_reported_as_not_measured_and_nothing_fails(monkeypatch):
    table = measured.speed()
    before = report.as_markdown(table)
    monkeypatch.setattr(cells, "CELLS", (*cells.CELLS, SimpleNamespace(__name__="lstm_helpers.cells.mine")))
    assert report.not_measured(table, "cells")[-1] == "Recurrent(mine)"
    assert "`Recurrent(mine)`." in report.as_markdown(table) and without_gaps(
        report.as_markdown(table)
    ) == without_gaps(before)
    assert report.summary(table) and "speed.md" in program.stale(table), "a release says so"
    test_the_shipped_table_holds_what_the_chapter_shows()
    test_the_printed_rows_equal_the_shipped_table()


def without_gaps(text):
    """Leave out what says that a layer was not measured: the next measuring fills it."""
    lines = text.splitlines()
    return [line for k, line in enumerate(lines) if report.NOT_MEASURED not in "".join(lines[k : k + 2])]


@pytest.mark.parametrize(("quick", "expected"), [([], ["cells", "wirings", "attention"]), (["--quick"], [])])
def test_by_default_all_is_measured_and_in_a_hurry_the_lstm_alone(quick, expected, tmp_path, monkeypatch):
    asked = []
    for name in ("side_by_side", "at_random", "against_length", "memory"):
        monkeypatch.setattr(measure, name, lambda *given: list(TABLE.rows[:2]))
    monkeypatch.setattr(measure, "of_layers", lambda what, *given: asked.append(what) or [])
    monkeypatch.setattr(measure, "of_attention", lambda *given: asked.append("attention") or [])
    monkeypatch.setattr(sys, "argv", ["bench", *quick, "--out", str(tmp_path)])
    program.main()
    assert asked == expected


def test_all_lengths_take_turns_and_stand_in_their_order(monkeypatch):
    def take_turns(calls, seconds):
        return {name: np.full(3, len(calls) * float(name.removeprefix("T="))) for name in calls}

    monkeypatch.setattr(cases, "LENGTHS", (3, 5, 9))
    monkeypatch.setattr(measure, "take_turns", take_turns)
    said = []
    rows = measure.against_length(0.01, said.append)
    assert [(row.size, row.value) for row in rows] == [((T, *cases.FOR_LENGTHS[1:]), 3.0 * T) for T in (3, 5, 9)]
    assert len(said) == 1 and "R² = 1.0000" in said[0]


# --- tables


def test_a_table_is_read_as_it_was_written(tmp_path):
    measured.write_speed(tmp_path / "speed.csv", TABLE)
    again = measured.speed(tmp_path / "speed.csv")
    assert again == TABLE and again.machine == "a machine, 2 cores"
    assert repr(again) == "Speed(10 measurements on a machine, 2 cores)"
    assert again.select(what="both", who="PyTorch") == (TABLE.rows[1],)
    assert len(again.select(size=(20, 1, 4, 8))) == 7 and again.select(dtype="float16") == ()
    text = (tmp_path / "speed.csv").read_text(encoding="utf-8")
    (tmp_path / "speed.csv").write_text(f"# made by hand:\n\n{text}", encoding="utf-8")
    assert measured.speed(tmp_path / "speed.csv") == TABLE._replace(machine="made by hand: a machine, 2 cores")


@pytest.mark.parametrize("text", ["", "# a machine\n", "a,b\n1,2\n"])
def test_another_file_is_refused(tmp_path, text):
    (tmp_path / "other.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"other\.csv does not begin with what,dtype,T"):
        measured.speed(tmp_path / "other.csv")


def test_a_damaged_line_is_refused(tmp_path):
    measured.write_speed(tmp_path / "speed.csv", TABLE)
    with open(tmp_path / "speed.csv", "a", encoding="utf-8") as file:
        file.write("both,float32,1,2\n")
    with pytest.raises(ValueError, match="a line has 4 fields; expected 12"):
        measured.speed(tmp_path / "speed.csv")


def test_the_shipped_table_holds_what_the_chapter_shows():
    table = measured.speed()
    sizes = [tuple(case) for case in cases.SIZES]
    for dtype in cases.DTYPES:
        for kind in cases.KINDS:
            rows = table.select(what=kind, dtype=dtype, who="PyTorch")
            assert [r.size for r in rows] == sizes, (kind, dtype)
            assert all(0 < r.low <= r.ratio <= r.high for r in rows)
        assert len(table.select(what="random", dtype=dtype, who="PyTorch")) == 28
    assert [r.size for r in table.select(what="forward", who="ONNX Runtime")] == sizes
    assert {r.layer for kind in cases.KINDS for r in table.select(what=kind)} == {"Recurrent(lstm)"}
    for dtype in cases.DTYPES:
        for what, layers in (
            ("cells", cases.every_cell()),
            ("wirings", cases.WIRINGS),
            ("attention", cases.ATTENTIONS),
        ):
            shown = {r.layer for r in table.select(what=f"{what} both", dtype=dtype, who=contenders.OURS)}
            assert set() < shown <= {repr(layer) for layer in layers}, what
    assert "cores" in table.machine and "numpy" in table.machine and "torch" in table.machine


def test_the_printed_rows_equal_the_shipped_table():
    """`make bench ARGS=--ship` writes docs/speed.md and prints the lines between the two marks in README.md."""
    table = measured.speed()
    words = (ROOT / "docs" / "speed.md").read_text(encoding="utf-8")
    assert without_gaps(words) == without_gaps(report.as_markdown(table))
    front = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = front.partition("<!-- from make bench -->\n")[2].partition("\n<!-- until here -->")[0]
    assert shown.splitlines() == report.summary(table)


@pytest.mark.parametrize(("seconds", "shown"), [(0.0001234, "0.123"), (0.01, "10"), (0.9876, "988"), (1.0949, "1095")])
def test_milliseconds_are_written_without_a_power_of_ten(seconds, shown):
    rows = [row("both", who=contenders.OURS)._replace(value=seconds)]
    assert f"| {shown} |" in report.ratio_table(rows)[2]
    assert f"| {shown} |" in report.layer_table(rows)[2]


def test_markdown_shows_ratios_bounds_memory_and_the_line():
    text = report.as_markdown(TABLE)
    assert "| 20, 1, 4, 8 | 1 | 2.00 | 25% |" in text
    assert "| T, B, D, H | ours, ms | PyTorch | bound |" in text
    assert "| 20, 1, 4, 8 | 1.0 | 3.0 |" in text  # MB
    assert "- float32, 2 sizes: 0.50 | 1.38 2.25 3.12 | 4.00" in text
    assert "10.0 µs a step and 100 µs besides, R² = 1.0000" in text
    assert "a machine, 2 cores" in text and "float64" not in text


def test_the_summary_leaves_a_gap_where_nothing_was_measured():
    lines = report.summary(TABLE)
    assert lines[2] == "| 20, 1, 4, 8 | 2.00 | – | – | – |" and len(lines) == 2 + len(cases.SIZES)


def test_tables_of_one_machine_are_joined_and_others_are_not(tmp_path):
    halves = [Speed("one", TABLE.rows[:4]), Speed("one", TABLE.rows[4:]), Speed("two", TABLE.rows)]
    paths = [tmp_path / f"{k}.csv" for k in range(3)]
    for path, half in zip(paths, halves, strict=True):
        measured.write_speed(path, half)
    assert program.join(paths[:2]) == Speed("one", TABLE.rows)
    with pytest.raises(SystemExit, match="different machines"):
        program.join(paths)


def test_the_program_writes_all_three_files(tmp_path, monkeypatch, capsys):
    measured.write_speed(tmp_path / "a.csv", TABLE)
    monkeypatch.setattr(sys, "argv", ["bench", "--join", str(tmp_path / "a.csv"), "--out", str(tmp_path / "out")])
    program.main()
    assert measured.speed(tmp_path / "out" / "speed.csv") == TABLE
    assert (tmp_path / "out" / "speed.md").read_text(encoding="utf-8") == report.as_markdown(TABLE)
    assert (tmp_path / "out" / "speed.png").read_bytes()[:4] == b"\x89PNG"
    assert "| 20, 1, 4, 8 | 2.00 |" in capsys.readouterr().out


def test_the_machine_and_missing_libraries_are_named(monkeypatch):
    assert machine.processor() and f"numpy {np.__version__}" in machine.describe()

    def none(name):
        raise machine.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(machine.metadata, "version", none)
    assert machine.missing() == list(machine.PACKAGES)


def test_missing_measurements_are_reported_everywhere():
    assert "Not installed" not in report.as_markdown(TABLE._replace(machine="numpy 1, torch 1, onnxruntime 1, jax 1"))
    assert "Not installed, and so not measured: numpy, torch, onnxruntime, jax." in report.as_markdown(TABLE)
