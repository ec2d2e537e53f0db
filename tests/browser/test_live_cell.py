"""The live cell in a browser: used by keyboard, mouse and Python, its numbers compared with the package's."""

import inspect

import numpy as np
import pytest

from lstm_helpers import unroll
from lstm_helpers.activations import sigmoid
from lstm_helpers.cells import lstm
from lstm_helpers.figures.diagrams import lstm as drawing
from lstm_helpers.figures.style import number
from lstm_helpers.interventions import clamp_gates
from lstm_helpers.widgets.scripts import script, style
from tests.browser.test_widgets import CLIPPED, CONTRAST, FITS, LETTERS, ask, eventually, tell, where_the_reader_is

NAME = "live_cell_under_test"
T, H = 7, 3
LABELS = ["the", "keys", "near", "the", "cabinet", "are", "."]


def make_run():
    import numpy as np

    from lstm_helpers import unroll
    from lstm_helpers.cells import lstm

    rng = np.random.default_rng(8)
    params = lstm.init(rng, 2, 3)
    params = params._replace(W_h=3 * params.W_h)
    mask = np.ones((7, 2), bool)
    mask[5, 1] = False
    xs = 2 * rng.standard_normal((7, 2, 2))
    return params, unroll(lstm, params, xs, mask=mask), (rng.standard_normal((3, 1)), np.array([0.25]))


CELLS = (
    "from lstm_helpers.widgets import LiveCell\n" + inspect.getsource(make_run) + "params, trace, readout = make_run()",
    f"first = LiveCell(trace, params, {LABELS}, sequence=1, readout=readout, answer='p(plural)')\nfirst",
    "LiveCell(trace, step=2)",
)
PARAMS, TRACE, READOUT = make_run()
CARRIED = {wire.name: wire.number for wire in drawing.LAYOUT.wires if wire.number}
ALONE = unroll(lstm, PARAMS, TRACE.x[:, [1]], mask=TRACE.mask[:, [1]])

# Every number that the drawing and the lines carry, unrounded.
SHOWN = """node => {
    const read = (selector, key, value = 'value') => Object.fromEntries([...node.querySelectorAll(selector)]
        .filter(({ dataset }) => dataset[value]).map(mark => [key(mark), Number(mark.dataset[value])]));
    const line = mark => mark.dataset.line;
    return {
        boxes: read('.lstm-number [data-key]', mark => mark.dataset.key),
        wires: read('.lstm-wire', mark => mark.dataset.wire),
        notes: read('[data-note] [data-key]', mark => mark.closest('[data-note]').dataset.note),
        gates: read('.lstm-level', mark => mark.closest('[data-node]').dataset.node),
        lines: read('[data-line]', line), before: read('[data-before]', line, 'before'),
    };
}"""


@pytest.fixture
def page_of(lab):
    """Open a page with two live cells, run: the first can be moved, the second is a recording."""

    def open_page(**options):
        lab.write(NAME, *CELLS)
        page = lab.open(NAME, **options)
        lab.run_all(page)
        page.wait_for_function("() => document.querySelectorAll('.lstm-live-cell .lstm-now').length === 2")
        return page

    return open_page


def answer(trace, t):
    return float(sigmoid(trace.h[t, 0] @ READOUT[0] + READOUT[1])[0])


def matches(widget, run, t, unit, *, ghost):
    """Tell whether every number in the diagram is the package's, to 1e-12, and the original run is shown dashed."""
    want, shown = drawing.numbers(run[t], unit, 0), widget.evaluate(SHOWN)
    near = [(shown["boxes"][key], want[key]) for key in ("c", "h", "c_previous", "h_previous")]
    near += [(value, want[CARRIED[wire]]) for wire, value in shown["wires"].items()]
    near += [(value, want[note]) for note, value in shown["notes"].items()]
    near += [(shown["gates"][gate], want[gate]) for gate in "ifgo"] + [(shown["gates"]["tanh"], want["tanh_c"])]
    near += [(shown["lines"][name], want[name]) for name in "ch"] + [(shown["lines"]["p"], answer(run, t))]
    if ghost:
        near += [(shown["before"][name], getattr(ALONE, name)[t, 0, unit]) for name in "ch"]
        near += [(shown["before"]["p"], answer(ALONE, t))]
    complete = len(shown["wires"]) == len(CARRIED) and len(shown["notes"]) == 7
    return complete and bool(shown["before"]) == ghost and max(abs(a - b) for a, b in near) < 1e-12


def row(widget, name):
    return widget.get_by_label(name, exact=True)


# The drawing


def test_every_step_and_unit_shows_the_packages_numbers(lab, page_of):
    page = page_of()
    widget = page.locator(".lstm-live-cell").first
    held = {(1, "f", 0): 0.1, (3, "o", 2): 1.0, (3, "g", 1): -0.5}
    for overrides in ({}, held):
        run = clamp_gates(PARAMS, ALONE, overrides)
        ask(page, f"first.set_trait('overrides', {overrides!r})")
        for t in range(T):
            for unit in range(H) if overrides else [t % H]:
                ask(page, f"[first.set_trait('step', {t}), first.set_trait('unit', {unit})]")
                where = f"step {t + 1} of {T}".capitalize()
                eventually(page, lambda where=where: where in widget.locator(".lstm-caption").inner_text())
                if not TRACE.mask[t, 1]:
                    assert "padding" in widget.locator(".lstm-caption").inner_text()
                    assert "carried over" in widget.locator(".lstm-formula").inner_text()
                    assert widget.locator(".lstm-side input[type=range]:disabled").count() == 4
                    continue
                eventually(page, lambda run=run, t=t, unit=unit: matches(widget, run, t, unit, ghost=bool(overrides)))  # noqa: B023
                words = widget.locator(".lstm-caption").inner_text().replace("\u00a0", " ")
                assert f"c = {number(run.c[t, 0, unit])}" in words and f"h = {number(run.h[t, 0, unit])}" in words
                if overrides:
                    assert f"c = {number(ALONE.c[t, 0, unit])}" in words.split("original run")[1]
                    assert f"p(plural) {number(answer(ALONE, T - 1))}; now it is {number(answer(run, T - 1))}" in words
    assert not lab.problems(page)


def test_the_lines_are_the_runs(lab, page_of):
    page = page_of()
    widget = page.locator(".lstm-live-cell").first
    overrides = {(2, "i", 1): 0.0, (2, "g", 1): 1.0}
    run = clamp_gates(PARAMS, ALONE, overrides)
    ask(page, f"[first.set_trait('unit', 1), first.set_trait('overrides', {overrides!r})]")
    eventually(page, lambda: widget.locator(".lstm-c-before").count() == 1)
    read = "node => node.getAttribute('d').slice(1).split('L').map(point => point.split(',').map(Number))"
    for name in "ch":
        drawn = [np.array(widget.locator(f".lstm-{name}-{kind}").evaluate(read)) for kind in ("line", "before")]
        values = [np.append(0.0, getattr(source, name)[:, 0, 1]) for source in (run, ALONE)]
        x, y = np.concatenate(drawn).T
        for shown, numbers in ((y, np.concatenate(values)), (x, np.tile(np.arange(T + 1), 2))):
            straight = np.polynomial.Polynomial.fit(numbers, shown, 1)  # one scale for both runs
            assert np.abs(straight(numbers) - shown).max() < 1e-6
    assert widget.locator(".lstm-held-mark").get_attribute("data-step") == "2"
    assert not lab.problems(page)


LOOKS = """node => ({
    wires: [...node.querySelectorAll('.lstm-wire[data-value]')].map(wire => [wire.dataset.wire,
        Number(wire.dataset.value), Number(wire.getAttribute('stroke-width')),
        wire.getAttribute('stroke-dasharray') !== 'none']),
    levels: [...node.querySelectorAll('.lstm-level')].map(mark => {
        const vessel = mark.closest('[data-node]');
        const [box, level] = [vessel.querySelector('.lstm-box').getBBox(), mark.getBBox()];
        return [vessel.dataset.node, (box.y + box.height - level.y) / box.height, level.height / box.height];
    }),
})"""


def test_widths_dashes_and_levels_match_the_numbers(lab, page_of):
    page = page_of()
    widget = page.locator(".lstm-live-cell").first
    for t, unit in ((0, 0), (3, 1), (6, 2)):
        ask(page, f"[first.set_trait('step', {t}), first.set_trait('unit', {unit})]")
        eventually(page, lambda t=t, unit=unit: matches(widget, ALONE, t, unit, ghost=False))
        looks, want = widget.evaluate(LOOKS), drawing.numbers(ALONE[t], unit, 0)
        for wire, value, _, broken in looks["wires"]:
            assert broken == (value < 0), wire
        for state in (True, False):  # two scales: that of the cell state, and 0 to 1
            of_c = ("c", "c_previous", "kept", "written")
            some = [(abs(v), w) for wire, v, w, _ in looks["wires"] if (CARRIED[wire] in of_c) == state]
            values, widths = np.array(some).T
            slope = np.polynomial.Polynomial.fit(values, widths, 1)
            assert np.abs(slope(values) - widths).max() < 1e-9 and slope.deriv()(0.5) > 1
        for name, top, height in looks["levels"]:
            value = want["tanh_c"] if name == "tanh" else want[name]
            assert height == pytest.approx(abs(value) / (1 if name in "ifo" else 2), abs=1e-5)
            assert top == pytest.approx(value if name in "ifo" else (1 + max(value, 0)) / 2, abs=1e-5)
    assert not lab.problems(page)


# Used


def test_used_by_keyboard(lab, page_of):
    page = page_of()
    widget, recording = page.locator(".lstm-live-cell").nth(0), page.locator(".lstm-live-cell").nth(1)
    other = recording.locator(".lstm-caption").inner_text()
    step, forget = row(widget, "step"), row(widget, "forget gate f")
    step.focus()
    place = where_the_reader_is(page)
    for key, t in (("ArrowRight", 1), ("End", 6), ("Home", 0), ("ArrowUp", 1), ("ArrowRight", 2)):
        step.press(key)
        eventually(page, lambda t=t: ask(page, "first.step") == str(t))
    assert matches(widget, ALONE, 2, 0, ghost=False)

    forget.focus()
    before = widget.locator(".lstm-c-line").get_attribute("d")
    forget.press("Home")
    run = clamp_gates(PARAMS, ALONE, {(2, "f", 0): 0.0})
    eventually(page, lambda: ask(page, "first.overrides") == "{(2, 'f', 0): 0.0}")
    assert matches(widget, run, 2, 0, ghost=True) and widget.locator(".lstm-c-line").get_attribute("d") != before
    own = f"0.00, set by hand; the weights give {number(float(ALONE.f[2, 0, 0]))}"
    assert forget.get_attribute("aria-valuetext") == own
    assert widget.locator("[data-node=f].lstm-held").count() == 1
    forget.press("ArrowRight")
    eventually(page, lambda: ask(page, "first.overrides") == "{(2, 'f', 0): 0.01}")
    eventually(page, lambda: "instead of" in widget.locator("[aria-live=polite]").inner_text())
    assert widget.locator("svg").first.get_attribute("aria-label") == widget.locator(".lstm-caption").inner_text()

    row(widget, "unit").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    eventually(page, lambda: ask(page, "first.unit") == "1")
    run = clamp_gates(PARAMS, ALONE, {(2, "f", 0): 0.01})
    assert matches(widget, run, 2, 1, ghost=True)

    everywhere = widget.get_by_label("all units at once")
    everywhere.focus()
    page.keyboard.press("Space")
    row(widget, "output gate o").press("Home")
    eventually(page, lambda: ask(page, "sorted(first.overrides)[1:]") == "[(2, 'o', 0), (2, 'o', 1), (2, 'o', 2)]")
    run = clamp_gates(PARAMS, ALONE, {(2, "f", 0): 0.01, **{(2, "o", k): 0.0 for k in range(H)}})
    assert matches(widget, run, 2, 1, ghost=True)

    widget.get_by_label("all", exact=True).focus()
    page.keyboard.press("ArrowRight")
    eventually(page, lambda: ask(page, "first.part") == "'forget'")
    assert widget.locator(".lstm-wire[data-wire=f-keep].lstm-dim").count() == 0
    assert widget.locator(".lstm-wire[data-wire=fork_c-c].lstm-dim").count() == 1
    formula = widget.locator(".lstm-formula").inner_text()
    assert number(float(run.f[2, 0, 1])) in formula and "σ" in formula
    page.keyboard.press("End")

    again = widget.get_by_role("button", name="Release the gates")
    again.focus()
    page.keyboard.press("Enter")
    eventually(page, lambda: ask(page, "first.overrides") == "{}")
    assert matches(widget, ALONE, 2, 1, ghost=False) and again.is_disabled()
    assert where_the_reader_is(page) == place
    assert recording.locator(".lstm-caption").inner_text() == other
    assert recording.locator(".lstm-side input[type=range]:disabled").count() == 4
    assert not lab.problems(page)


def test_reset_unticks_all_units_at_once(lab, page_of):
    page = page_of()
    widget = page.locator(".lstm-live-cell").first
    reset, everywhere = widget.get_by_role("button", name="Reset"), widget.get_by_label("all units at once")
    assert reset.is_disabled()
    everywhere.check()
    assert not reset.is_disabled()
    reset.click()
    assert not everywhere.is_checked() and reset.is_disabled()
    row(widget, "output gate o").press("Home")
    eventually(page, lambda: ask(page, "first.overrides") == "{(0, 'o', 0): 0.0}")
    assert not lab.problems(page)


def test_plays_only_when_asked_and_stops_at_the_end(lab, page_of):
    page = page_of()
    widget = page.locator(".lstm-live-cell").first
    step = row(widget, "step")
    assert ask(page, "first.step") == "0" and widget.get_by_role("button", name="Play").count() == 1
    step.focus()
    page.keyboard.press("End")
    page.keyboard.press("Space")  # from the start
    eventually(page, lambda: widget.get_by_role("button", name="Pause").count() == 1)
    page.keyboard.press("Space")
    eventually(page, lambda: widget.get_by_role("button", name="Play").count() == 1)
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Space")
    eventually(page, lambda: ask(page, "first.step") == str(T - 1))
    eventually(page, lambda: widget.get_by_role("button", name="Play").count() == 1)
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "step"
    assert not lab.problems(page)


def test_used_by_mouse(lab, page_of):
    page = page_of(height=1300)
    widget = page.locator(".lstm-live-cell").first
    tell(page, "first.step", 3)
    eventually(page, lambda: matches(widget, ALONE, 3, 0, ghost=False))
    widget.scroll_into_view_if_needed()

    def drag(gate, *heights):
        box = widget.locator(f"[data-node={gate}] .lstm-box").bounding_box()
        x = box["x"] + box["width"] / 2
        page.mouse.move(x, box["y"] + box["height"] / 2)
        page.mouse.down()
        for part in heights:  # 1 is the top of the box
            page.mouse.move(x, box["y"] + (1 - part) * box["height"])
        page.mouse.up()

    drag("o", 0.6, 0.9, 0.25)
    eventually(page, lambda: ask(page, "abs(first.overrides.get((3, 'o', 0), 9) - 0.25) < 0.03") == "True")
    value = float(ask(page, "first.overrides[3, 'o', 0]"))
    drag("f", 0.5, 3.0)  # far above it: open
    drag("g", 0.4, -2.0)  # far below: -1
    run = clamp_gates(PARAMS, ALONE, {(3, "o", 0): value, (3, "f", 0): 1.0, (3, "g", 0): -1.0})
    eventually(page, lambda: matches(widget, run, 3, 0, ghost=True))
    eventually(page, lambda: ask(page, "[first.overrides.get((3, g, 0)) for g in 'fg']") == "[1.0, -1.0]")
    assert ask(page, "first.part") == "''"  # a drag does not choose a part

    def middle(node):
        box = widget.locator(f"[data-node={node}] .lstm-box").bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    page.mouse.move(*middle("add"))
    assert widget.locator(".lstm-wire[data-wire=o-show].lstm-dim").count() == 1
    c = [number(v) for v in (1.0, float(run.c[2, 0, 0]), float(run.i[3, 0, 0]), -1.0, float(run.c[3, 0, 0]))]
    formula = " ".join(widget.locator(".lstm-formula").inner_text().split())
    assert f"= {c[0]} × {c[1]} + {c[2]} × {c[3]} = {c[4]}" in formula
    page.mouse.move(5, 5)
    assert widget.locator(".lstm-dim").count() == 0
    page.mouse.click(*middle("tanh"))
    eventually(page, lambda: ask(page, "first.part") == "'hidden'")
    page.mouse.move(5, 5)
    assert widget.locator(".lstm-wire[data-wire=f-keep].lstm-dim").count() == 1
    page.mouse.click(*middle("i"))  # a press without a drag
    eventually(page, lambda: ask(page, "first.part") == "'input'")
    assert ask(page, "len(first.overrides)") == "3"

    box = widget.locator("svg").nth(1).bounding_box()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 4, box["y"] + 60)
    page.mouse.up()
    eventually(page, lambda: ask(page, "first.step") == str(T - 1))
    assert not lab.problems(page)


def test_500_rapid_moves_leave_the_last_value(lab, page_of):
    page = page_of()
    widget = page.locator(".lstm-live-cell").first
    moved = row(widget, "forget gate f").evaluate(
        """input => {
            for (let k = 0; k < 500; k += 1) {
                input.value = (k % 89) / 100;
                input.dispatchEvent(new Event('input', { bubbles: true }));
            }
            return input.value;
        }"""
    )
    run = clamp_gates(PARAMS, ALONE, {(0, "f", 0): float(moved)})
    assert float(moved) == 0.54 and matches(widget, run, 0, 0, ghost=True)  # at once: no drawing is pending
    eventually(page, lambda: ask(page, "first.overrides") == "{(0, 'f', 0): 0.54}")
    page.wait_for_timeout(300)
    assert ask(page, "first.overrides") == "{(0, 'f', 0): 0.54}" and matches(widget, run, 0, 0, ghost=True)
    assert widget.locator("svg").count() == 2
    assert not lab.problems(page)


def test_errors_reach_python_and_the_page_stays(lab, page_of):
    page = page_of()
    widget = page.locator(".lstm-live-cell").first
    assert ask(page, "first.set_trait('step', 7)").startswith("TraitError: step is 7; expected 0 to 6")
    said = ask(page, "first.set_trait('overrides', {(0, 'f', 0): 2.0})")
    assert said.startswith("TraitError: overrides do not fit: held sets f to 2.0 at step 0")
    assert matches(widget, ALONE, 0, 0, ghost=False)
    assert not lab.problems(page)


def test_a_word_below_the_lines_is_pressed_to_go_to_its_step(lab, page_of):
    page = page_of(height=1300)
    for place, cursor in ((0, "pointer"), (1, "pointer")):
        widget = page.locator(".lstm-live-cell").nth(place)
        lines = widget.locator(".lstm-body ~ .lstm-place")
        for t in (4, 0, 6):
            lines.locator(f"text[data-step='{t}']").click()
            eventually(page, lambda t=t: f"Step {t + 1} of" in widget.locator(".lstm-caption").inner_text())  # noqa: B023
        assert lines.evaluate("node => getComputedStyle(node).cursor") == cursor
    shown = row(page.locator(".lstm-live-cell").first, "step").locator("xpath=..").locator("output").inner_text()
    assert shown == f"7 of {T}: ."
    assert not lab.problems(page)


STEP_NAMES = """({ code, names, width }) => {
    const make = new Function(code + '; return $time_lines;')();
    const run = { steps: names.length, labels: names, seen: () => true };
    const svg = document.querySelector('svg');
    return names.map((_, t) => {
        svg.replaceChildren(...make.stepLabels(run, t, make.linesScale(names.length, width), 20, width));
        const words = [...svg.querySelectorAll('text')];
        const boxes = words.map(word => [word.getBBox(), word.getAttribute('transform')]);
        const flat = boxes.filter(([, turned]) => !turned).map(([box]) => box);
        const hit = (a, b) => a.x < b.x + b.width && b.x < a.x + a.width
            && a.y < b.y + b.height && b.y < a.y + a.height;
        return { words: words.map(word => word.textContent), bold: words.filter(word =>
            word.classList.contains('lstm-now')).map(word => word.textContent),
            overlap: flat.some((a, i) => flat.some((b, j) => i < j && hit(a, b))) };
    });
}"""


@pytest.mark.parametrize(
    ("names", "width"),
    [
        ("the dogs near the cat behind the horse".split(), 700),
        ("the dogs near the cat behind the horse".split(), 340),  # two rows
        (("the children " + "beside the children " * 5).split(), 560),  # slanted
        ([f"x{k}" for k in range(9)], 300),
        (["a"], 300),
    ],
)  # fmt: skip
def test_every_step_is_named_where_there_is_room(lab, names, width):
    page = lab.browser.new_page()
    rules = style("common.css", "live_cell.css")
    page.set_content(f"<style>{rules}</style><div class='lstm-widget'><svg class='lstm-picture' width='{width}'></svg>")
    code = script("time_lines.js")
    for t, found in enumerate(page.evaluate(STEP_NAMES, {"code": code, "names": names, "width": width})):
        assert sorted(found["words"]) == sorted(names) and found["bold"] == [names[t]] and not found["overlap"]
    page.close()


def test_with_too_many_names_the_current_one_stays(lab):
    page = lab.browser.new_page()
    page.set_content(f"<style>{style('common.css')}</style><svg class='lstm-picture' width='700'></svg>")
    names = [str(1701 + k) for k in range(220)]
    sent = {"code": script("time_lines.js"), "names": names, "width": 700}
    for t, found in enumerate(page.evaluate(STEP_NAMES, sent)):
        assert found["bold"] == [names[t]] and 5 < len(found["words"]) < 20 and not found["overlap"]
    page.close()


@pytest.mark.parametrize("end", ["shutdown", "restart"])
def test_it_needs_no_kernel_once_it_is_shown(lab, page_of, end):
    page = page_of()
    widget = page.locator(".lstm-live-cell").first
    page.evaluate(f"() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.{end}()")
    page.wait_for_timeout(500)
    step, gate = row(widget, "step"), row(widget, "forget gate f")
    step.focus()
    step.press("ArrowRight")
    eventually(page, lambda: matches(widget, ALONE, 1, 0, ghost=False))
    gate.press("Home")
    run = clamp_gates(PARAMS, ALONE, {(1, "f", 0): 0.0})
    eventually(page, lambda: matches(widget, run, 1, 0, ghost=True))
    errors = [problem for problem in lab.problems(page) if "page error" in problem]
    assert not errors, errors


def test_running_again_replaces_and_ends_the_old_one(lab, page_of):
    page = page_of()
    widget = page.locator(".lstm-live-cell").first
    ask(page, "globals().__setitem__('old', first)")
    widget.get_by_role("button", name="Play").click()
    page.evaluate(
        """async () => {
            const { commands, shell } = window.jupyterapp;
            shell.currentWidget.content.activeCellIndex = 1;
            await commands.execute('notebook:run-cell');
        }"""
    )
    eventually(page, lambda: ask(page, "first is old") == "False")
    eventually(page, lambda: page.locator(".lstm-live-cell").count() == 2)
    stopped = ask(page, "old.step")
    page.wait_for_timeout(2200)  # two steps of the old one's timer
    assert ask(page, "old.step") == stopped and ask(page, "first.step") == "0"
    assert not lab.problems(page)


def test_readable_in_both_themes_and_at_every_width(lab, page_of):
    page = page_of()
    widget = page.locator(".lstm-live-cell").first
    settings = [
        (0, "", {}),
        (4, "update", {(2, "g", 0): -1.0, (4, "f", 0): 0.5}),
        (6, "candidate", {}),
        (5, "", {}),
    ]
    for theme, width in (("light", 1100), ("dark", 560), ("dark", 375), ("light", 375)):
        lab.look(theme, width)
        for t, part, held in settings:
            values = dict(step=t, part=part, overrides=held)
            ask(page, f"[first.set_trait(k, v) for k, v in {values!r}.items()]")
            eventually(page, lambda t=t: f"Step {t + 1} of" in widget.locator(".lstm-caption").inner_text())
            contrast = widget.evaluate(CONTRAST)
            assert contrast["text"] >= 4.5 and contrast["c"] >= 7 and contrast["h"] >= 3, contrast
            assert widget.evaluate(CLIPPED) == []
            assert min(widget.evaluate(LETTERS)) >= 11.5
            assert widget.evaluate(FITS), "wider than its place"
    assert not lab.problems(page)
