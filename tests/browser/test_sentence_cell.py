"""The reader's own sentence in a browser: chosen, switched and typed, its numbers compared with the package's."""

import numpy as np
import pytest

from lstm_helpers import unroll
from lstm_helpers.activations import sigmoid
from lstm_helpers.cells import lstm
from lstm_helpers.data import trained
from lstm_helpers.data.tasks import agreement
from lstm_helpers.figures.diagrams import lstm as drawing
from lstm_helpers.interventions import clamp_gates
from tests.browser.contrast import too_faint
from tests.browser.test_live_cell import CARRIED, SHOWN, row
from tests.browser.test_widgets import CLIPPED, FITS, LETTERS, ask, eventually, where_the_reader_is

NETWORK = trained.agreement()
FIRST = "the dogs near the cat behind the horse"
CELLS = (
    "from lstm_helpers.data import trained\nfrom lstm_helpers.widgets import SentenceCell",
    f"first = SentenceCell(trained.agreement(), {FIRST!r}, step=1, unit=3)\nfirst",
)


@pytest.fixture
def page_of(lab):
    """Open a page with one such cell, run."""

    def open_page(**options):
        lab.write("sentence_cell_under_test", *CELLS)
        page = lab.open("sentence_cell_under_test", **options)
        lab.run_all(page)
        page.wait_for_selector(".lstm-words .lstm-here")
        return page

    return open_page


def read(sentence, held=None):
    trace = unroll(lstm, NETWORK.cell, agreement.encode(sentence))
    return clamp_gates(NETWORK.cell, trace, held or {})


def plural(trace, t=-1):
    return float(sigmoid(trace.h[t, 0] @ NETWORK.W_y + NETWORK.b_y)[0])


def matches(widget, sentence, t, unit, held=None):
    """Tell whether the words, the drawing, the lines and the answer are those of the package's run of the sentence."""
    run = read(sentence, held)
    want, shown = drawing.numbers(run[t], unit, 0), widget.evaluate(SHOWN)
    near = [(value, want[CARRIED[wire]]) for wire, value in shown["wires"].items()]
    near += [(value, want[note]) for note, value in shown["notes"].items()]
    near += [(shown["gates"][gate], want[gate]) for gate in "ifgo"]
    near += [(shown["lines"][name], want[name]) for name in "ch"] + [(shown["lines"]["p"], plural(run, t))]
    words = widget.locator(".lstm-word span").all_inner_texts()
    p = plural(run)
    chosen, other = ("run", "runs") if p >= 0.5 else ("runs", "run")
    answer = f"→ {chosen} {max(p, 1 - p):.2f}, {other} {min(p, 1 - p):.2f}"
    return (
        words == sentence.split()
        and len(shown["wires"]) == len(CARRIED)
        and max(abs(a - b) for a, b in near) < 1e-12
        and widget.locator(".lstm-answer").inner_text().startswith(answer)
    )


def test_one_press_from_dogs_to_dog(lab, page_of):
    page = page_of()
    widget = page.locator(".lstm-live-cell")
    assert matches(widget, FIRST, 1, 3)
    widget.get_by_role("button", name="change word 2 to dog").click()
    dog = FIRST.replace("dogs", "dog")
    eventually(page, lambda: ask(page, "first.sentence") == repr(dog))
    assert matches(widget, dog, 1, 3)
    assert "(at first run 1.00)" in widget.locator(".lstm-answer").inner_text()
    assert "first sentence" in widget.locator(".lstm-caption").inner_text()
    shown = widget.evaluate(SHOWN)["before"]  # the first sentence stays as a dashed line
    assert abs(shown["c"] - read(FIRST).c[1, 0, 3]) < 1e-12 and abs(shown["p"] - plural(read(FIRST), 1)) < 1e-12
    widget.get_by_role("button", name="change word 2 to dogs").press("Enter")
    eventually(page, lambda: ask(page, "first.sentence") == repr(FIRST))
    assert matches(widget, FIRST, 1, 3) and not widget.evaluate(SHOWN)["before"]
    assert not lab.problems(page)


def test_composed_by_keyboard_alone(lab, page_of):
    page = page_of()
    widget = page.locator(".lstm-live-cell")
    widget.get_by_label("word 2: dogs").focus()
    place = where_the_reader_is(page)
    page.keyboard.press("ArrowRight")  # the words are one group: the arrows go from word to word
    eventually(page, lambda: ask(page, "first.step") == "2")
    page.keyboard.press("ArrowLeft")
    eventually(page, lambda: ask(page, "first.step") == "1")
    change = widget.get_by_label("word 2", exact=True)
    change.focus()
    page.keyboard.type("birds")
    eventually(page, lambda: ask(page, "first.sentence") == repr(FIRST.replace("dogs", "birds")))
    widget.get_by_label("add a word after this one").select_option("near")
    longer = "the birds near near the cat behind the horse"
    eventually(page, lambda: ask(page, "(first.sentence, first.step)") == repr((longer, 2)))
    assert matches(widget, longer, 2, 3)
    assert "different form" in widget.locator(".lstm-trained").inner_text()
    widget.get_by_role("button", name="remove word 3, near").press("Enter")
    eventually(page, lambda: ask(page, "first.step") == "1")
    assert matches(widget, FIRST.replace("dogs", "birds"), 1, 3)
    field = widget.get_by_label("the whole sentence")
    field.fill("The child beside the cats.")
    field.press("Enter")
    typed = "the child beside the cats"
    eventually(page, lambda: ask(page, "(first.sentence, first.step)") == repr((typed, 4)))
    assert matches(widget, typed, 4, 3) and field.input_value() == typed
    step = row(widget, "step")
    step.press("End")
    step.press("ArrowLeft")
    eventually(page, lambda: matches(widget, typed, 3, 3))
    assert where_the_reader_is(page) == place
    assert not lab.problems(page)


def test_an_unknown_word_is_refused_with_suggestions(lab, page_of):
    page = page_of()
    widget = page.locator(".lstm-live-cell")
    field, said = widget.get_by_label("the whole sentence"), widget.locator(".lstm-refused")
    field.fill("the hores near the cat")
    field.press("Enter")
    assert "does not know “hores”" in said.inner_text() and field.get_attribute("aria-invalid") == "true"
    assert matches(widget, FIRST, 1, 3) and field.input_value() == "the hores near the cat"
    said.get_by_role("button", name="horse", exact=True).click()
    eventually(page, lambda: ask(page, "first.sentence") == "'the horse near the cat'")
    assert matches(widget, "the horse near the cat", 4, 3) and said.inner_text() == ""
    for words, answer in (
        ("the electricity", "It knows 20 words: the, near"),
        ("", "no word yet"),
        ("the " * 21, "21 words; at most 20 fit"),
    ):
        field.fill(words)
        field.press("Enter")
        assert answer in said.inner_text()
    assert matches(widget, "the horse near the cat", 4, 3)
    assert not lab.problems(page)


def test_undo_and_reset_bring_the_sentence_back(lab, page_of):
    page = page_of()
    widget = page.locator(".lstm-live-cell")
    row(widget, "forget gate f").press("Home")
    field = widget.get_by_label("the whole sentence")
    field.fill("the birds")
    field.press("Enter")
    eventually(page, lambda: ask(page, "first.sentence") == "'the birds'")
    widget.get_by_role("button", name="Remove").focus()
    page.keyboard.press("Control+z")
    held = {(1, "f", 3): 0.0}
    eventually(page, lambda: ask(page, "(first.sentence, first.step, first.overrides)") == repr((FIRST, 1, held)))
    assert matches(widget, FIRST, 1, 3, held)
    page.keyboard.press("Control+Shift+z")
    eventually(page, lambda: ask(page, "first.sentence") == "'the birds'")
    widget.get_by_role("button", name="Reset").click()
    eventually(page, lambda: ask(page, "(first.sentence, first.overrides)") == repr((FIRST, {})))
    assert matches(widget, FIRST, 1, 3)
    assert not lab.problems(page)


FITS_A_LAPTOP = """node => {
    const top = node.getBoundingClientRect().top;
    const bottom = part => part.getBoundingClientRect().bottom - top;
    return { columns: node.querySelector('.lstm-side').getBoundingClientRect().left
                 >= node.querySelector('.lstm-drawing').getBoundingClientRect().right,
             gates: Math.max(...[...node.querySelectorAll('.lstm-side input[type=range]')].map(bottom)),
             drawing: bottom(node.querySelector('.lstm-drawing')), answer: bottom(node.querySelector('.lstm-answer')),
             lines: bottom(node.querySelector('.lstm-body ~ .lstm-place')) };
}"""


@pytest.mark.parametrize("width", [680, 757, 950, 1200])
def test_gates_answer_and_drawing_fit_a_laptops_screen(lab, page_of, width):
    page = page_of(width=1366, height=768)
    widget = page.locator(".lstm-live-cell")
    widget.evaluate("(node, width) => { node.style.width = `${width}px`; }", width)  # whatever the page around gives
    page.wait_for_timeout(200)
    found = widget.evaluate(FITS_A_LAPTOP)
    assert found.pop("columns") and max(found["gates"], found["drawing"], found["answer"]) < 560, found
    assert found["lines"] < 704, found  # below the web edition's header
    assert widget.evaluate(CLIPPED) == []
    drawing = widget.locator("svg").first
    eventually(page, lambda: drawing.bounding_box()["width"] > 0.5 * width)  # a wider window gives a wider drawing


def test_gates_set_by_hand_stay_at_their_step(lab, page_of):
    page = page_of()
    widget = page.locator(".lstm-live-cell")
    held = {(2, "f", 3): 0.0, (6, "o", 3): 0.5}
    ask(page, f"first.set_trait('overrides', {held!r})")
    eventually(page, lambda: matches(widget, FIRST, 1, 3, held))
    field = widget.get_by_label("the whole sentence")
    field.fill("the horses near the cat")
    field.press("Enter")
    left = {(2, "f", 3): 0.0}
    eventually(page, lambda: ask(page, "first.overrides") == repr(left))
    assert matches(widget, "the horses near the cat", 4, 3, left)
    ask(page, "first.set_trait('sentence', 'the horses')")  # Python does the same
    eventually(page, lambda: matches(widget, "the horses", 1, 3))
    assert ask(page, "(first.step, first.overrides)") == "(1, {})"
    assert not lab.problems(page)


def test_it_needs_no_kernel_once_it_is_shown(lab, page_of):
    page = page_of()
    widget = page.locator(".lstm-live-cell")
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.shutdown()")
    page.wait_for_timeout(500)
    field = widget.get_by_label("the whole sentence")
    rng = np.random.default_rng(0)
    for sentence in (*(" ".join(one.before_verb) for one in agreement.sentences(rng, 4, (0, 4))), "cat run the near"):
        field.fill(sentence)
        field.press("Enter")
        n = len(sentence.split()) - 1
        assert matches(widget, sentence, n, 3)
    assert not [problem for problem in lab.problems(page) if "page error" in problem]


def test_the_training_data_are_described(lab, page_of):
    page = page_of()
    widget = page.locator(".lstm-live-cell")
    rng = np.random.default_rng(1)
    trained_on = [" ".join(one.before_verb) for one in agreement.sentences(rng, 5, (0, 4))]
    cases = [(sentence, "") for sentence in trained_on]
    cases += [(" ".join(agreement.sentence(rng, 5).before_verb), "longer"), ("the dogs run", "never trained on verbs")]
    cases += [("dogs", "different form"), ("the dogs near", "different form")]
    for sentence, words in cases:
        ask(page, f"first.set_trait('sentence', {sentence!r})")
        eventually(page, lambda s=sentence: widget.locator(".lstm-word span").all_inner_texts() == s.split())
        said = widget.locator(".lstm-trained").inner_text()
        assert said.startswith("Trained on") and (words in said if words else said.endswith("chooses the verb.")), (
            sentence
        )
    assert not lab.problems(page)


def test_readable_in_both_themes_and_at_every_width(lab, page_of):
    page = page_of()
    widget = page.locator(".lstm-live-cell")
    long = " ".join(["the children", *["beside the horses"] * 6])
    for theme, width in (("light", 1366), ("dark", 560), ("light", 375)):
        lab.look(theme, width, 1600)  # all of the widget: what is cut off by the window is not read
        for sentence in (FIRST, long, "the"):
            ask(page, f"[first.set_trait('sentence', {sentence!r}), first.set_trait('part', 'forget')]")  # the rest dim
            eventually(page, lambda s=sentence: widget.locator(".lstm-word span").all_inner_texts() == s.split())
            page.wait_for_timeout(100)
            assert widget.evaluate(CLIPPED) == []
            assert min(widget.evaluate(LETTERS)) >= 11.5
            assert widget.evaluate(FITS), "wider than its place"
            faint = [one for one in too_faint(page, widget) if one.startswith("word")]
            assert not faint, (theme, width, sentence, faint)
            labels = widget.locator("svg").nth(1).locator("text[data-step]").all_text_contents()
            if (width, sentence) == (375, long):  # twenty words on a telephone: some, and the present one
                assert sentence.split()[int(ask(page, "first.step"))] in labels
            else:
                assert labels == sentence.split()
    assert not lab.problems(page)


def test_a_refused_sentence_is_cleared_at_the_next_step(lab, page_of):
    page = page_of()
    widget = page.locator(".lstm-live-cell")
    field, said = widget.get_by_label("the whole sentence"), widget.locator(".lstm-refused")
    field.fill("the electricity")
    field.press("Enter")
    assert "does not know" in said.inner_text()
    widget.get_by_role("button", name="Next").click()
    eventually(page, lambda: ask(page, "first.step") == "2")
    assert said.inner_text() == "" and field.input_value() == FIRST and field.get_attribute("aria-invalid") is None
    field.fill("the dogs ne")
    widget.get_by_role("button", name="Next").click()
    eventually(page, lambda: ask(page, "first.step") == "3")
    assert field.input_value() == "the dogs ne", "what is being written stays"
    assert not lab.problems(page)


def test_undo_in_the_field_is_the_browsers_until_the_text_is_settled(lab, page_of):
    page = page_of()
    widget = page.locator(".lstm-live-cell")
    field = widget.get_by_label("the whole sentence")
    cells = page.locator(".jp-Notebook .jp-Cell").count()
    field.click()
    page.keyboard.press("End")
    page.keyboard.type(" near")
    assert field.input_value() == f"{FIRST} near"
    page.keyboard.press("Control+z")
    eventually(page, lambda: field.input_value() == FIRST)
    page.keyboard.press("Control+Shift+z")
    eventually(page, lambda: field.input_value() == f"{FIRST} near")
    assert ask(page, "first.sentence") == repr(FIRST), "nothing was read yet"
    field.fill("the birds")
    field.press("Enter")
    eventually(page, lambda: ask(page, "first.sentence") == "'the birds'")
    page.keyboard.press("Control+z")  # read, and so the widget's to undo
    eventually(page, lambda: ask(page, "first.sentence") == repr(FIRST))
    assert field.input_value() == FIRST and page.evaluate("document.activeElement.type") == "text"
    page.keyboard.press("Control+y")
    eventually(page, lambda: ask(page, "first.sentence") == "'the birds'")
    assert page.locator(".jp-Notebook .jp-Cell").count() == cells, "the notebook undid as well"
    assert not lab.problems(page)


@pytest.mark.parametrize("width", [328, 340, 375])
def test_answer_and_drawing_fit_a_telephones_screen(lab, page_of, width):
    page = page_of(width=1100, height=740)
    widget = page.locator(".lstm-live-cell")
    widget.evaluate("(node, width) => { node.style.width = `${width}px`; }", width)
    page.wait_for_timeout(200)
    found = widget.evaluate(FITS_A_LAPTOP)
    assert not found["columns"] and found["drawing"] < 640, found  # 740 pixels less the web edition's header
    assert widget.evaluate(CLIPPED) == []


def test_the_cover_shows_answer_drawing_and_lines_at_once_on_a_laptop(lab):
    page = lab.open("00_start_here", width=1366, height=768, afresh=True)
    lab.run_all(page)
    widget = page.locator(".lstm-live-cell").first
    widget.evaluate("node => node.scrollIntoView({ block: 'start' })")
    panel = page.locator(".jp-WindowedPanel-outer").first.bounding_box()
    bottom = panel["y"] + panel["height"]
    for part in (".lstm-answer", ".lstm-drawing", ".lstm-side", ".lstm-body ~ .lstm-place"):
        box = widget.locator(part).first.bounding_box()
        assert panel["y"] <= box["y"] and box["y"] + box["height"] <= bottom, (part, box, panel)
    lab.throw_away()
