"""The widgets' scripts as modules, and what they compute, without a browser."""

import re
from pathlib import Path

import numpy as np
import pytest

from lstm_helpers import unroll
from lstm_helpers.arrays import tree_map
from lstm_helpers.cells import lstm
from lstm_helpers.figures.style import COLOURS, TEXT_COLOURS, TEXT_COLOURS_DARK
from lstm_helpers.interventions import clamp_gates
from lstm_helpers.widgets import scripts
from lstm_helpers.widgets.sentence_cell import spoken
from tests.javascript import run


@pytest.fixture
def files(monkeypatch):
    """Scripts of one's own in place of the package's."""
    texts: dict[str, str] = {}
    monkeypatch.setattr(scripts, "_read", texts.__getitem__)
    return texts


# Joining


def test_scripts_that_use_the_same_names_do_not_meet(files):
    files["one.js"] = """
const PARTS = 1;
export const one = () => PARTS;
"""
    files["two.js"] = """
import { one } from "./one.js";

const PARTS = 2;
export function two() {
  return PARTS + one();
}
"""
    files["all.js"] = """
import { one } from "./one.js";
import {
  two,
} from "./two.js";

const PARTS = 3;
function render() {
  return [PARTS, two(), one()];
}

export default { render };
"""
    made = scripts.script("all.js")
    assert made.count("const $one =") == 1, "a script that two others import runs once"
    assert made.endswith("export default { render: $all.render };\n") and not re.search(r"^import", made, re.MULTILINE)
    assert run("all", "return render();") == [3, 3, 1]


def test_whatever_can_be_exported_can_be_imported(files):
    files["one.js"] = """
export const k = 1;
export function plain() {
  return 2;
}
export async function later() {}
export function* several() {
  yield* [3, 4];
}
export class Thing {
  of = 5;
}
"""
    files["all.js"] = """
import { k, plain, later, several, Thing } from "./one.js";

function render() {
  return [k, plain(), typeof later, ...several(), new Thing().of];
}

export default { render };
"""
    assert run("all", "return render();") == [1, 2, "function", 3, 4, 5]


def test_style_sheets_are_joined_in_their_order_below_the_colours_of_the_symbols(files):
    order = ["m.css", "z.css", "a.css"]
    files |= {name: f".{name} {{ color: var(--lstm-f); }}" for name in order}
    first, dark, *others = scripts.style(*order).split("\n")
    assert others == [files[name] for name in order]
    assert dict(re.findall(r"--lstm-(\w+): (#\w+);", first)) == COLOURS and first.startswith(".lstm-widget {")
    assert dict(re.findall(r"--lstm-(\w+)-text: (#\w+);", first)) == TEXT_COLOURS
    assert dict(re.findall(r"--lstm-(\w+)-text: (#\w+);", dark)) == TEXT_COLOURS_DARK
    assert dark.startswith('[data-jp-theme-light="false"] .lstm-widget {')


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('import { no } from "./one.js";', "all.js imports no, which one.js does not export"),
        ('import { all } from "./all.js";', "all imports all: circular imports are not supported"),
        ('import { two } from "./two.js";', "all imports two imports three imports two: circular imports"),
        ("export let count = 0;", "all.js has 'export let count = 0;'"),
        ('import one from "./one.js";', "all.js has 'import one from"),
        ('export { one } from "./one.js";', "all.js has 'export { one }"),
        ('import { one } from "https://example.org/one.js";', "all.js has 'import { one } from \"https"),
    ],
)
def test_what_joining_does_not_know_is_refused(files, text, complaint):
    files["one.js"] = "export const one = 1;\n"
    files["two.js"] = 'import { three } from "./three.js";\nexport const two = 2;\n'
    files["three.js"] = 'import { two } from "./two.js";\nexport const three = 3;\n'
    files["all.js"] = text + "\n"
    with pytest.raises(ValueError, match=re.escape(complaint)):
        scripts.script("all.js")


def test_no_line_is_longer_than_the_formatter_may_make_it():
    root = Path(__file__).parents[1]
    files = [file for place in ("docs", "lstm_helpers", "tests", "tools") for file in (root / place).rglob("*.*s")]
    files = [file for file in files if file.suffix in (".js", ".css")]
    lines = [(file.name, line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    assert len(files) > 30
    assert not [where for where in lines if len(where[1]) > 120], "oxfmt wraps neither comments nor texts: wrap them"


# What they compute


MIRROR = """
    const [params, trace, helds] = sent;
    const flat = (parts) => Object.fromEntries(
        Object.entries(parts).map(([name, values]) => [name, Float64Array.from(values)]));
    const given = flat(trace);
    const runs = helds.map((held) => holdGates(flat(params), given, held));
    if (JSON.stringify(given) !== JSON.stringify(flat(trace))) throw new Error("the trace was written to");
    return runs.map((run) => Object.fromEntries([..."ifgoch"].map((name) => [name, Array.from(run[name])])));
"""


@pytest.mark.parametrize(("D", "H", "scale"), [(1, 1, 1.0), (3, 4, 1.0), (20, 8, 4.0), (2, 3, 60.0)])
def test_the_scripts_lstm_is_the_packages(D, H, scale):
    rng = np.random.default_rng(D + H)
    params = tree_map(lambda W: scale * W, lstm.init(rng, D, H))
    mask = rng.random((9, 1)) > 0.2
    mask[[0, 4]] = True
    start = lstm.State(*rng.normal(size=(2, 1, H)))
    trace = unroll(lstm, params, rng.normal(size=(9, 1, D)), start, mask)
    # With every gate of the first step held where it was, all the rest is computed by the script.
    same = {(0, gate, unit): float(getattr(trace, gate)[0, 0, unit]) for gate in "ifgo" for unit in range(H)}
    moved = {(4, "f", 0): 0.25, (4, "g", H - 1): -1.0, (0, "o", 0): 1.0, (4, "i", 0): 0.0}
    sent = {name: getattr(trace, name).ravel().tolist() for name in (*"ifgochx", "mask")}
    sent |= {"start_h": start.h.ravel().tolist(), "start_c": start.c.ravel().tolist()}
    weights = {name: W.ravel().tolist() for name, W in params._asdict().items()}
    helds = (same, moved, {})
    listed = [[[t, gate, unit, value] for (t, gate, unit), value in held.items()] for held in helds]
    for held, found in zip(helds, run("lstm_forward", MIRROR, weights, sent, listed), strict=True):
        expected = clamp_gates(params, trace, held)
        for name, values in found.items():
            assert np.abs(np.array(values) - getattr(expected, name).ravel()).max() <= 1e-12, name


def test_texts_are_split_as_in_python():
    texts = ["The dogs, near the CAT …", " .,;:!? ", "the\tdogs\n near", "", "a.b"]
    assert run("sentence", "return sent.map(spoken);", *texts) == [spoken(text) for text in texts]
