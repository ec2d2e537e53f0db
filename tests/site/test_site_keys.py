"""The web edition by keyboard: what Tab stops at, and the keys that lead from widget to widget."""

import pytest

from tests.site.conftest import ROOT

WITH_WIDGETS = ["00_start_here", "03_open_the_gates", "07_backpropagate_through_time", "09_watch_gradients_vanish"]
CHAPTERS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
STOPS = """() => {
    const scrolls = node => node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).overflowX !== 'visible';
    return [...document.querySelectorAll('.bd-article :is([tabindex="0"], a[href])')].filter(node =>
        (node.closest('mjx-container') && !scrolls(node.closest('mjx-container')))
        || node.matches('.headerlink:not([tabindex="-1"])')
        || (node.matches('a') && node.parentElement.closest('a'))
    ).map(node => node.outerHTML.slice(0, 150));
}"""
ALL = """[...document.querySelectorAll('.book-live[data-alive]:not([data-alive=""])')].filter(place =>
    [...place.querySelectorAll('input, select, button:not(:disabled)')].some(node => node.checkVisibility()))"""
WHERE = f"() => {ALL}.findIndex(place => place.contains(document.activeElement))"


@pytest.mark.parametrize("name", CHAPTERS)
def test_tab_stops_at_no_formula_and_a_figure_has_one_link(read, name):
    page = read().open(f"notebooks/{name}.html")
    page.wait_for_timeout(800)  # the theme looks for what scrolls
    assert page.evaluate(STOPS) == []
    assert page.evaluate(
        "[...document.querySelectorAll('.cell_output img')].every(one => one.closest('a.book-figure'))"
    )
    formulas, spoken = page.evaluate(
        "['.math', '.math mjx-container > mjx-assistive-mml > math'].map(all => document.querySelectorAll(all).length)"
    )
    assert formulas == spoken


def test_formulas_are_there_without_javascript(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "notebooks/03_open_the_gates.html")
    assert page.locator("mjx-container").count() > 30
    assert "\\(" not in page.locator("main").inner_text()
    widths = [page.locator("mjx-container").nth(at).bounding_box()["width"] for at in range(5)]
    assert all(width > 4 for width in widths)
    assert page.locator(".cell_output img").first.is_visible()
    context.close()


@pytest.mark.parametrize("name", WITH_WIDGETS)
def test_the_second_link_of_a_page_leads_to_its_first_widget(read, name):
    reader = read()
    page = reader.open(f"notebooks/{name}.html")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the first widget"
    assert page.locator("#pst-skip-link").bounding_box()["y"] >= -1
    page.keyboard.press("Enter")
    assert page.evaluate(WHERE) == 0
    assert reader.problems == []


def test_w_goes_to_the_next_widget_and_back(read):
    reader = read()
    page = reader.open("notebooks/03_open_the_gates.html")
    page.evaluate("document.querySelector('.lstm-show').click()")  # an answered question has no control left
    many = page.evaluate(f"{ALL}.length")
    assert page.locator(".book-live[data-alive]").count() > many > 1
    for expected in [*range(many), many - 1]:
        page.keyboard.press("w")
        assert page.evaluate(WHERE) == expected
        box = page.locator(":focus").bounding_box()
        assert 40 < box["y"] and box["y"] + box["height"] < 900, "out of sight, or under the header"
    assert "No widget further down" in page.locator(".book-keys-said").inner_text()
    for expected in [*reversed(range(many - 1)), 0]:
        page.keyboard.press("Shift+W")
        assert page.evaluate(WHERE) == expected
    page.keyboard.press("ArrowLeft")  # the first control has the keys
    page.evaluate("document.activeElement.blur(); scrollTo(0, document.body.scrollHeight)")
    page.keyboard.press("Shift+W")
    assert page.evaluate(WHERE) == many - 1, "from the foot of the page, back is the last one"
    assert reader.problems == []


def test_w_is_a_letter_where_letters_are_typed_and_can_be_switched_off(read):
    reader = read()
    page = reader.open("notebooks/03_open_the_gates.html")
    page.keyboard.press("Control+k")
    page.keyboard.type("w?")
    assert page.locator("#pst-search-dialog input").input_value() == "w?"
    assert page.evaluate(WHERE) == -1 and page.locator(".book-keys-help").count() == 0
    page.keyboard.press("Escape")
    page.keyboard.press("Alt+w")
    assert page.evaluate(WHERE) == -1
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys on this page")
    assert dialog.is_visible() and "to the next widget" in dialog.inner_text()
    dialog.get_by_label("w and ? are on").uncheck()
    page.keyboard.press("Escape")
    assert not dialog.is_visible()
    page.keyboard.press("w")
    assert page.evaluate(WHERE) == -1
    page.reload()
    page.wait_for_function("[...document.querySelectorAll('.book-live')].every(one => 'alive' in one.dataset)")
    page.keyboard.press("w")
    assert page.evaluate(WHERE) == -1, "switched off is remembered"
    page.get_by_role("button", name="Keys on this page").click()
    page.get_by_role("dialog", name="Keys on this page").get_by_label("w and ? are on").check()
    page.keyboard.press("Escape")
    page.keyboard.press("w")
    assert page.evaluate(WHERE) == 0
    assert reader.problems == []


def test_the_keys_are_said_below_the_first_widget(read):
    page = read().open("notebooks/03_open_the_gates.html")
    said = page.locator(".book-keys")
    assert said.count() == 1 and "for the next widget" in said.inner_text()
    page.locator(".book-keys").get_by_role("button", name="All keys").click()
    assert page.get_by_role("dialog", name="Keys on this page").is_visible()
    groups = page.get_by_role("group", name="Widget 1 of")
    assert groups.count() == 1
    assert read().open("notebooks/A_notation.html").locator(".book-keys").count() == 0


@pytest.mark.parametrize("name", ["02_turn_soft_switches", "03_open_the_gates", "16_change_the_cell"])
def test_what_is_said_of_keys_does_not_part_a_question_from_its_result(read, name):
    page = read().open(f"notebooks/{name}.html")
    assert page.locator(".book-keys").count() == 1
    assert page.locator(".book-keys + :is(.tag_result, .book-result), .tag_predict + .book-keys").count() == 0
    assert page.locator(".tag_predict .book-keys").count() == 0
