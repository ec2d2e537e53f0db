"""Answers to choose from in JupyterLab: the result is hidden until one is chosen, and errors never are."""

import nbformat
import pytest

from tests.browser import contrast

SETUP = "from lstm_helpers.widgets import Predict"
PARTS = ".jp-InputArea, .jp-RenderedText, .jp-RenderedMarkdown"
HIDDEN = f"""() => [...document.querySelectorAll('.jp-Cell')].map((cell) =>
    [...cell.querySelectorAll('{PARTS}')].every((node) => !node.checkVisibility()))"""


def cell(source, *, predict=False):
    metadata = {"tags": ["predict"], "jupyter": {"source_hidden": True}} if predict else {}
    return nbformat.v4.new_code_cell(source, metadata=metadata)


def text(source):
    return nbformat.v4.new_markdown_cell(source)


@pytest.fixture
def page(lab):
    cells = [
        cell(SETUP),  # 0
        text("**Predict.** Does it grow?"),
        cell("Predict('it grows', 'it shrinks')", predict=True),  # 2
        cell("print('first result')"),
        cell("print('second result')"),
        text("It shrinks. In numbers:"),  # 5
        cell("print('in numbers')"),
        text("As it had to."),
        text("**Predict.** And now?"),
        cell("Predict()", predict=True),  # 9
        cell("print('third result')"),
        text("## A heading\n\nand what follows"),
        cell("print('more')"),  # 12
    ]
    lab.put("predictions", cells)
    page = lab.open("predictions", height=1600, afresh=True)
    lab.run_all(page)
    page.wait_for_function("() => document.querySelectorAll('.lstm-awaits').length === 6")
    return page


def hidden(page):
    """Give the positions of the cells whose outputs or text are hidden."""
    return [k for k, gone in enumerate(page.evaluate(HIDDEN)) if gone and k not in (0, 2, 9)]


def shown(page, words):
    """Whether a paragraph with these words can be seen."""
    return page.locator(".jp-RenderedMarkdown p", has_text=words).is_visible()


def test_the_result_opens_when_an_answer_is_chosen(lab, page):
    assert hidden(page) == [3, 4, 5, 6, 7, 10]
    first = page.get_by_role("group", name="Your prediction").first
    assert first.locator(".lstm-predict-words").inner_text().startswith("Choose an answer")
    first.get_by_role("button", name="it shrinks").press("Enter")
    page.wait_for_function("() => document.querySelectorAll('.lstm-awaits').length === 1")
    assert hidden(page) == [10]
    assert first.locator("[aria-pressed=true]").inner_text() == "it shrinks"
    assert page.evaluate("document.activeElement.className") == "lstm-predict-words", "the focus fell out of the widget"
    assert "You chose “it shrinks”." in first.locator(".lstm-predict-words").inner_text()
    page.get_by_role("button", name="Show the result", exact=True).click()
    page.wait_for_function("() => !document.querySelector('.lstm-awaits')")
    assert hidden(page) == []
    lab.run_all(page)  # in the same kernel: it does not ask again
    page.wait_for_timeout(500)
    assert hidden(page) == []
    assert not lab.problems(page)


def test_a_result_can_reach_to_the_next_heading_or_question(lab):
    whole = cell("Predict('yes', 'no', section=True)", predict=True)
    cells = [cell(SETUP), text("**Predict.** First?"), whole, cell("print(1)"), text("No."), text("A long text. " * 20)]
    cells += [cell("print(2)"), text("More.\n\n**Predict.** Second?"), nbformat.from_dict({**whole, "id": "second"})]
    cells += [cell("print(3)"), text("So."), text("On and on."), text("## A heading"), cell("print(4)")]
    lab.put("section", cells)
    page = lab.open("section", height=1600, afresh=True)
    lab.run_all(page)
    page.wait_for_function("() => document.querySelectorAll('.lstm-awaits').length === 7")
    gone = [k for k, is_gone in enumerate(page.evaluate(HIDDEN)) if is_gone and k not in (0, 2, 8)]
    assert gone == [3, 4, 5, 6, 9, 10, 11]
    page.get_by_role("button", name="yes").first.click()
    page.wait_for_function("() => document.querySelectorAll('.lstm-awaits').length === 3")
    assert shown(page, "A long text.") and not shown(page, "On and on.")
    assert not lab.problems(page)
    lab.put("section", [text("**Predict.** First?"), *cells[2:6]])
    plain = lab.open("section", afresh=True)  # no kernel has run it
    assert shown(plain, "A long text.")


def test_it_can_be_read_light_and_dark(lab, page):
    for theme in ("light", "dark"):
        lab.look(theme, 1100, 1600)
        for place in page.locator(".lstm-predict").all():
            assert not contrast.too_faint(page, place), theme


def test_paper_and_errors_are_never_hidden(lab, page):
    page.emulate_media(media="print")
    assert hidden(page) == []
    page.emulate_media(media="screen")
    assert hidden(page) == [3, 4, 5, 6, 7, 10]
    lab.put("predictions", [cell(SETUP), cell("Predict('yes', 'no')", predict=True), cell("1 / 0"), text("So.")])
    again = lab.open("predictions", afresh=True)
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        lab.run_all(again)
    again.wait_for_function("() => document.querySelectorAll('.lstm-awaits').length === 2")
    assert again.get_by_text("ZeroDivisionError").first.is_visible()
    lab.throw_away()


def test_solutions_stay_folded_when_all_cells_run(lab):
    folded = {"tags": ["solution"], "jupyter": {"source_hidden": True, "outputs_hidden": True}}
    first = "# Solution: click the three dots to open it.\n"
    solutions = [nbformat.v4.new_code_cell(first + code, metadata=folded) for code in ("print('solved')", "1 / 0")]
    mine = nbformat.v4.new_code_cell("print('mine')", metadata={"jupyter": {"source_hidden": True}})
    lab.put("folded", [cell(SETUP), cell("Predict('yes', 'no')", predict=True), mine, text("So."), solutions[0]])
    page = lab.open("folded", afresh=True)
    lab.run_all(page)
    page.get_by_role("button", name="yes").click()
    output = page.locator(".jp-CodeCell", has_text="# Solution").locator(".jp-Cell-outputWrapper")
    assert "solved" in output.text_content() and not output.is_visible()
    assert page.get_by_text("mine", exact=True).is_visible(), "what a reader folds shows its output"
    page.locator(".jp-InputPlaceholder", has_text="# Solution").locator(".jp-Placeholder-content").click()
    page.wait_for_function("() => document.querySelectorAll('.jp-InputPlaceholder').length === 2")
    assert page.get_by_text("solved", exact=True).is_visible()
    assert not lab.problems(page)
    lab.put("folded", [cell(SETUP), cell("Predict('yes', 'no')", predict=True), text("So."), solutions[1]])
    page = lab.open("folded", afresh=True)
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        lab.run_all(page)
    assert page.get_by_text("ZeroDivisionError").first.is_visible(), "an error is never hidden"
    lab.throw_away()
