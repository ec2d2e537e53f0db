"""What the web edition looks like: in the light and in the dark, on paper, without scripts, on windows of every width.

Contrast is measured on pixels (tests/browser/contrast.py), a printed page by the text of its PDF, and what is cut off
by what scrolls sideways: a rule in a style sheet is no proof that one can read.
"""

import re
import shutil
import subprocess

import nbformat
import pytest

from lstm_helpers import widgets
from tests.browser.contrast import complaints, measure, minima
from tests.site.conftest import ROOT

CHAPTERS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
LAPTOP = {"width": 1366, "height": 768}
TURN = "(mode) => document.querySelector(`.theme-change-button[data-mode=${mode}]`).click()"
THEME = "[document.documentElement.dataset.theme, document.documentElement.dataset.jpThemeLight].join()"
CUT_OFF = """(kind) => [...document.querySelectorAll(kind)].filter(pre => pre.scrollWidth > pre.clientWidth + 1)
    .map(pre => pre.textContent.split('\\n').reduce((a, b) => a.length > b.length ? a : b))"""
CUT_LINES = """() => [...document.querySelectorAll('.cell_output .line')].filter(line => {
    const pre = line.closest('pre').getBoundingClientRect();
    const range = document.createRange();
    range.selectNodeContents(line);
    return [...range.getClientRects()].some(box => box.right > pre.right + 1);
}).map(line => line.textContent)"""
BROKEN = """() => [...document.querySelectorAll('.cell_input .line')]
    .filter(line => line.textContent.trimEnd().length <= 88
        && line.getBoundingClientRect().height > 1.5 * parseFloat(getComputedStyle(line).lineHeight))
    .map(line => line.textContent)"""
OPEN_RESULTS = "for (const show of document.querySelectorAll('.lstm-show')) show.click()"
UNFOLD = "for (const part of document.querySelectorAll('details')) part.open = true"
SOLID = """(node) => {
    const [ink, paper] = [getComputedStyle(node), getComputedStyle(document.body)];
    return [ink.color, paper.backgroundColor, ink.opacity].join(' on ');
}"""


def pages_with_widgets(site) -> list[str]:
    return [name for name in CHAPTERS if "book-live" in (site / "notebooks" / f"{name}.html").read_text("utf-8")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_kind_of_widget_is_readable_by_the_systems_setting_and_by_the_readers(read, site, scheme):
    other = {"light": "dark", "dark": "light"}[scheme]
    seen: set[tuple[str, str]] = set()
    for name in pages_with_widgets(site):
        reader = read(color_scheme=scheme, viewport={"width": 1280, "height": 1500})
        page = reader.open(f"notebooks/{name}.html")
        page.evaluate(OPEN_RESULTS)
        for theme in (scheme, other):
            if theme == other:
                page.evaluate(TURN, other)
            page.wait_for_function(f"({THEME}) === '{theme},{str(theme == 'light').lower()}'")
            for place in page.locator(".book-live").all():
                kind = place.get_attribute("data-alive")
                if (kind, theme) not in seen:
                    seen.add((kind, theme))
                    found = measure(page, place.locator(".lstm-widget").first)
                    assert found and complaints(found) == [], f"{kind} in {name}, {theme}"
        assert reader.problems == []
    alive = {name for name in widgets.__all__ if (site / "_static" / "widgets" / f"{name}.js").is_file()}
    assert {kind for kind, _ in seen} == alive


def test_the_measure_would_have_seen_ink_on_a_panel_of_its_own_colour(read):
    reader = read(color_scheme="dark")
    page = reader.open("notebooks/03_open_the_gates.html")
    widget = page.locator(".lstm-gate-sliders").first
    assert minima(measure(page, widget))["word"] > 4.5
    page.add_style_tag(content="html .text_html { background: var(--pst-color-text-base) !important; }")
    assert minima(measure(page, widget))["word"] < 1.5


def test_the_theme_follows_the_system_while_the_page_is_open(read):
    reader = read(color_scheme="light")
    page = reader.open("notebooks/03_open_the_gates.html")
    assert page.evaluate(THEME) == "light,true"
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"({THEME}) === 'dark,false'")
    page.evaluate(TURN, "light")
    page.wait_for_function(f"({THEME}) === 'light,true'")
    page.emulate_media(color_scheme="light")
    assert page.evaluate(THEME) == "light,true"


@pytest.mark.parametrize("name", CHAPTERS)
def test_code_of_88_columns_is_neither_cut_off_nor_broken_at_1280_pixels(read, name):
    reader = read(viewport={"width": 1280, "height": 768})
    page = reader.open(f"notebooks/{name}.html")
    page.evaluate(UNFOLD)
    assert page.evaluate(CUT_OFF, ".cell_input pre") == []
    assert page.evaluate(BROKEN) == []
    outputs = page.evaluate(CUT_OFF, ".cell_output pre")
    assert [line for line in outputs if len(line) <= 88] == []


def test_88_columns_fit_at_1280_pixels_and_a_longer_line_is_broken(read):
    page = read(viewport={"width": 1280, "height": 768}).open("notebooks/03_open_the_gates.html")
    line = page.locator(".cell_input .line").first
    page.evaluate(UNFOLD)
    heights = {}
    for columns in (80, 88, 120):
        line.evaluate("(node, columns) => { node.textContent = 'x '.repeat(columns / 2); }", columns)
        heights[columns] = line.bounding_box()["height"]
    assert heights[80] == heights[88] < heights[120]
    assert page.evaluate(CUT_OFF, ".cell_input pre") == []


def test_a_telephone_breaks_lines_of_code_and_keeps_columns_of_numbers(read):
    page = read(viewport={"width": 360, "height": 740}, is_mobile=True).open("notebooks/05_run_a_sequence.html")
    page.evaluate(UNFOLD)
    assert page.evaluate(CUT_OFF, ".cell_input pre") == []
    flows = [line for line in page.evaluate(CUT_LINES) if "  " not in line.strip()]
    assert flows == [], "a printed sentence is cut off"


def test_lines_hold_66_to_80_letters_and_headings_differ(read):
    page = read(viewport=LAPTOP).open("notebooks/05_run_a_sequence.html")
    letters = page.evaluate("""() => {
        const counts = [];
        for (const p of document.querySelectorAll('.bd-article section > p')) {
            if (p.querySelector('mjx-container, code') || p.textContent.length < 200) continue;
            const lines = Math.round(p.getBoundingClientRect().height / parseFloat(getComputedStyle(p).lineHeight));
            if (lines > 3) counts.push(p.textContent.length / (lines - 0.5));
        }
        return counts;
    }""")
    assert letters and 60 <= sum(letters) / len(letters) <= 80
    size = "(name) => parseFloat(getComputedStyle(document.querySelector(`.bd-article section ${name}`)).fontSize)"
    h1, h2, text = (page.evaluate(size, name) for name in ("h1", "h2", "p:not([class])"))
    assert h1 > 1.5 * h2 and h2 > 1.15 * 18 and text >= 17


def test_prose_has_one_measure_before_and_after_a_prediction(read):
    page = read(viewport={"width": 1440, "height": 900}).open("notebooks/03_open_the_gates.html")
    page.evaluate(OPEN_RESULTS)
    widths = page.evaluate("""() => [...document.querySelectorAll('.bd-article p')]
        .filter(line => line.offsetParent && !line.closest('.lstm-widget, li, table, details, .book-opener, h1 + p'))
        .map(line => [line.matches('.book-result *'), line.getBoundingClientRect().width])""")
    assert {after for after, _ in widths} == {True, False}
    usual = max(width for after, width in widths if not after)
    assert all(width <= usual + 1 for _, width in widths)


@pytest.mark.parametrize("name", CHAPTERS)
def test_no_formula_is_cut_off_at_1280_pixels(read, name):
    page = read(viewport={"width": 1280, "height": 768}).open(f"notebooks/{name}.html")
    page.evaluate(OPEN_RESULTS)
    page.evaluate(UNFOLD)
    cut = page.evaluate("""() => [...document.querySelectorAll('mjx-container[display="true"]')]
        .filter(formula => formula.scrollWidth > formula.clientWidth + 1).map(formula => formula.textContent)""")
    assert cut == []


def test_the_home_page_is_the_live_cell(read):
    reader = read(viewport=LAPTOP)
    page = reader.open("index.html")
    widget = page.locator(".book-live .lstm-live-cell").first
    box = widget.bounding_box()
    assert box["y"] < 260 and box["width"] >= 900
    assert page.locator("h1:visible").bounding_box()["y"] < 100
    drawing = page.locator(".lstm-live-cell svg").first.bounding_box()
    assert drawing["y"] + drawing["height"] <= LAPTOP["height"], "the drawing is not on the first screen"
    for slider in widget.locator(".lstm-side input[type=range]:visible").all():
        assert slider.bounding_box()["y"] < LAPTOP["height"], "a gate is not on the first screen"
    assert reader.problems == []


def test_paper_shows_the_text_of_solutions(read, tmp_path):
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext reads the paper: apt-get install poppler-utils")
    name = "04_assemble_the_cell"
    page = read(color_scheme="dark").open(f"notebooks/{name}.html")
    page.reload(wait_until="load")  # without what `open` adds, which stops every animation
    page.wait_for_function("[...document.querySelectorAll('.book-live')].every(one => 'alive' in one.dataset)")
    page.evaluate("() => window.MathJax?.startup?.promise")
    page.pdf(path=tmp_path / "page.pdf", format="A4")
    made = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "page.pdf", "-"], capture_output=True, text=True, check=True
    )
    paper = squeezed(made.stdout)
    cells = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4).cells
    solutions = [cell for cell in cells if "solution" in cell.metadata.get("tags", [])]
    assert solutions
    for cell in cells:
        if cell.cell_type == "code" and "predict" not in cell.metadata.get("tags", []):
            absent = [line for line in cell.source.splitlines() if squeezed(line) not in paper]
            assert not absent, f"not on paper: {absent}"
        for out in cell.get("outputs", []):
            if out.output_type == "stream":
                assert squeezed(out.text) in paper, f"not on paper: {out.text}"
        if cell.cell_type == "markdown":
            for words in re.findall(r"^[A-Z][^$*`\\[\n]{60,}$", cell.source, re.MULTILINE):
                assert squeezed(words)[:50] in paper, f"not on paper: {words}"
    assert len(re.findall(r"^\f? *Solution *$", made.stdout, re.MULTILINE)) == len(solutions)
    assert "Hidethesolution" not in paper and "Hidetheimports" not in paper


def squeezed(text: str) -> str:
    """Take out what paper may change: spaces, the ends of lines and pages, the form of quotation marks."""
    return re.sub(r"\s+", "", text).translate(str.maketrans("“”’‘", "\"\"''"))


def test_on_paper_no_widget_is_alive_and_nothing_waits_for_a_prediction(read):
    reader = read()
    page = reader.open("notebooks/16_change_the_cell.html")
    assert page.locator(".lstm-awaits .cell_output:visible").count() == 0 < page.locator(".lstm-awaits").count()
    page.emulate_media(media="print")
    assert page.locator(".book-live:visible").count() == 0
    for waiting in page.locator(".lstm-awaits").all():
        assert waiting.is_visible()
        for output in waiting.locator(".cell_output").all():
            assert output.is_visible()


def test_a_result_may_reach_to_the_next_heading(read):
    page = read().open("notebooks/01_why_sequences_need_memory.html")
    asks = page.get_by_role("group", name="Your prediction").filter(has_text="for two nouns only")
    asks.wait_for()
    counts = page.locator(".cell_output", has_text="10 of 10 networks learned it")
    words = page.get_by_text("A network learns the task or it guesses")
    assert not counts.is_visible() and not words.is_visible()
    assert page.get_by_role("heading", name="Why does it fail?").is_visible()
    asks.get_by_role("button", name="for two nouns only").click()
    assert counts.is_visible() and words.is_visible()


def test_every_figure_and_widgets_picture_is_there_before_one_prints(read):
    page = read().open("notebooks/03_open_the_gates.html")
    page.wait_for_function("[...document.images].every(image => image.complete && image.naturalWidth)", timeout=10_000)
    page.emulate_media(media="print")
    assert page.locator(".book-live").count() == page.locator(".book-still").count() > 0
    for picture in page.locator(".book-still img").all():
        assert picture.is_visible() and picture.bounding_box()["width"] > 200


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_without_scripts_everything_can_be_read_and_unfolded(browser, address, scheme):
    context = browser.new_context(java_script_enabled=False, color_scheme=scheme, viewport=LAPTOP)
    page = context.new_page()
    page.goto(address + "notebooks/03_open_the_gates.html", wait_until="load")
    pictures = page.locator(".cell_output img")
    assert pictures.count() > 3 and all(one.is_visible() for one in pictures.all())
    for place in page.locator(".book-live").all():
        assert place.evaluate("node => node.getBoundingClientRect().height") <= 1, "an empty place for a widget"
    for result in page.locator(".book-result, .tag_result .cell_output").all():
        assert result.is_visible()
    solution = page.locator(".tag_solution details").first
    code = solution.locator(".cell_input")
    assert not code.is_visible()
    solution.locator("summary").click()
    assert code.is_visible()
    assert page.locator(".math").first.inner_text().strip()
    words = page.locator(".bd-article p").nth(3)
    ink, paper = re.findall(r"rgb\((\d+), (\d+), (\d+)\)", words.evaluate(SOLID))
    assert abs(sum(map(int, ink)) - sum(map(int, paper))) > 450
    assert not page.locator(".bd-header-article button:visible").count(), "a button that does nothing"
    context.close()
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(address + "notebooks/03_open_the_gates.html", wait_until="load")
    assert page.locator("nav.bd-links a:has-text('Assemble the cell')").first.is_visible()
    context.close()
