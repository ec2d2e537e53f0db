"""The projector view in a real browser: a section at a time, large, by keyboard and by a presenter, widgets alive."""

import re

import pytest

CHAPTER = "notebooks/03_open_the_gates.html"
SCREEN = {"width": 1280, "height": 720}
SEEN = """() => [...document.querySelectorAll('.bd-article :is(h1, h2)')].filter(node => node.offsetParent !== null)
    .map(node => node.textContent.replace(/#\\s*$/, '').trim())"""
SECTIONS = """() => [...document.querySelectorAll('.bd-article :is(h1, h2)')]
    .map(node => node.textContent.replace(/#\\s*$/, '').trim())"""
# The widest and the highest of what is seen of the page, in pixels of the screen.
TOO_WIDE = """() => [...document.querySelectorAll('.bd-article *')].filter(node => node.offsetParent !== null
    && node.getBoundingClientRect().right > innerWidth + 1 && !node.closest('pre, table, mjx-container, .cell_output'))
    .map(node => node.outerHTML.slice(0, 120))"""


@pytest.fixture
def shown(read):
    def open_page(path=f"{CHAPTER}?view=projector", **options):
        reader = read(**{"viewport": SCREEN, **options})
        page = reader.open(path)
        page.wait_for_timeout(400)
        return reader, page

    return open_page


def test_the_button_begins_it_and_escape_ends_it(shown):
    reader, page = shown(CHAPTER)
    usual = page.locator("main p").first.evaluate("node => node.getBoundingClientRect().height / node.offsetHeight")
    assert usual == pytest.approx(1, abs=0.02)  # offsetHeight is rounded
    assert page.locator(".bd-sidebar-primary").is_visible()
    page.get_by_role("button", name="Show on a projector").click()
    assert not page.locator(".bd-sidebar-primary").is_visible()
    assert not page.locator(".bd-header-article").is_visible()
    assert "view=projector" in page.url
    assert page.evaluate(SEEN) == page.evaluate(SECTIONS)[:1]
    large = page.locator("main p").first.evaluate("node => node.getBoundingClientRect().height / node.offsetHeight")
    scale = float(page.evaluate("document.documentElement.style.getPropertyValue('--projector-scale')"))
    assert scale > 1.2 and (large == pytest.approx(scale, rel=0.05) or large == pytest.approx(1, abs=0.02))
    page.keyboard.press("Escape")
    assert page.locator(".bd-sidebar-primary").is_visible() and page.locator(".projector-bar").count() == 0
    assert "view" not in page.url and page.evaluate(SEEN) == page.evaluate(SECTIONS)
    page.keyboard.press("Alt+p")
    assert page.locator(".projector-bar").is_visible()
    page.keyboard.press("Alt+p")
    assert page.locator(".projector-bar").count() == 0
    assert reader.problems == []


def test_arrows_walk_through_all_sections_and_back(shown):
    reader, page = shown()
    sections = page.evaluate(SECTIONS)
    assert len(sections) > 5
    where = page.locator(".projector-where")
    for number, name in enumerate(sections, 1):
        assert page.evaluate(SEEN) == [name]
        assert where.inner_text() == f"{number} of {len(sections)}: {name}"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1")
        assert page.evaluate(TOO_WIDE) == []
        page.keyboard.press("ArrowRight")
    assert page.evaluate(SEEN) == sections[-1:], "the last one stays"
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(SEEN) == sections[-2:-1]
    page.keyboard.press("Home")
    assert page.evaluate(SEEN) == sections[:1]
    page.get_by_role("button", name="Next section").click()
    page.keyboard.press("Enter")  # the focus stays on the button
    assert page.evaluate(SEEN) == sections[2:3]
    assert reader.problems == []


def test_a_presenters_keys_read_the_whole_page_and_skip_nothing(shown):
    reader, page = shown(reduced_motion="reduce")
    sections = page.evaluate(SECTIONS)
    page.evaluate("""() => {
        window.met = new Set();
        const all = [...document.querySelectorAll('.bd-article :is(p, pre, h2)')];
        window.look = () => { for (const node of all) {
            const { top, bottom, height } = node.getBoundingClientRect();
            if (height && top < innerHeight - 48 && bottom > 0) window.met.add(node);
        } };
        window.missed = () => all
            .filter(node => !window.met.has(node) && !node.closest('details, .book-still, .book-live')
                && !node.closest('.lstm-awaits') && node.textContent.trim())
            .map(node => node.textContent.slice(0, 80));
    }""")
    presses, order = 0, []
    while presses < 200:
        page.evaluate("look()")
        order += [name for name in page.evaluate(SEEN) if name not in order]
        before = page.evaluate(
            "[scrollY, document.querySelector('.projector-where').textContent, "
            "document.querySelectorAll('.projector-off').length].join()"
        )
        page.keyboard.press("PageDown")
        page.wait_for_timeout(60)
        after = page.evaluate(
            "[scrollY, document.querySelector('.projector-where').textContent, "
            "document.querySelectorAll('.projector-off').length].join()"
        )
        presses += 1
        if before == after:
            break
    assert order == sections and presses < 200
    assert page.evaluate("missed()") == []
    for _ in range(presses + 40):
        page.keyboard.press("PageUp")
    page.wait_for_timeout(200)
    assert page.evaluate(SEEN) == sections[:1] and page.evaluate("scrollY") < 5
    assert reader.problems == []


def test_what_follows_a_question_waits_until_it_is_asked_for(shown):
    reader, page = shown()
    ask = page.get_by_role("button", name="Show what follows")
    for _ in range(len(page.evaluate(SECTIONS))):
        if ask.is_visible():
            break
        page.keyboard.press("ArrowRight")
    question = page.locator(".bd-article p:visible:has(strong)").filter(has_text=re.compile("^Predict")).last
    height = page.evaluate("document.documentElement.scrollHeight")
    place = page.locator(".projector-where").inner_text()
    assert question.is_visible()
    off = page.locator(".bd-article .projector-off").count()
    ask.click()
    assert page.locator(".bd-article .projector-off").count() < off
    assert page.evaluate("document.documentElement.scrollHeight") > height
    assert page.locator(".projector-where").inner_text() == place
    page.keyboard.press("ArrowRight")
    assert page.locator(".projector-where").inner_text() != place, "the answered question keeps the arrow keys"
    assert reader.problems == []


@pytest.mark.parametrize("screen", [SCREEN, {"width": 1024, "height": 768}, {"width": 1920, "height": 1080}])
def test_widgets_are_alive_on_one_screen_and_give_a_presenter_the_page_keys(shown, screen):
    reader, page = shown(viewport=screen)
    widget = page.locator(".lstm-gate-sliders").first
    for _ in page.evaluate(SECTIONS):
        page.keyboard.press("ArrowRight")
        while page.get_by_role("button", name="Show what follows").is_visible():
            page.get_by_role("button", name="Show what follows").click()
        if widget.is_visible():
            break
    page.wait_for_timeout(500)
    box = widget.bounding_box()
    room = screen["height"] - page.locator(".projector-bar").bounding_box()["height"]
    assert box["height"] <= room and box["width"] > 0.55 * screen["width"]
    slider = widget.get_by_label("forget gate f")
    slider.focus()
    before = slider.get_attribute("aria-valuetext")
    page.keyboard.press("ArrowLeft")
    moved = slider.get_attribute("aria-valuetext")
    assert moved != before
    # By mouse, at the same place on the enlarged slider: three quarters of the way.
    where = slider.bounding_box()
    page.mouse.click(where["x"] + 0.75 * where["width"], where["y"] + where["height"] / 2)
    clicked = slider.evaluate("node => (node.value - node.min) / (node.max - node.min)")
    assert clicked == pytest.approx(0.75, abs=0.06)
    slider.focus()
    value, seen = (
        slider.input_value(),
        page.evaluate("[scrollY, document.querySelector('.projector-where').textContent]"),
    )
    for _ in range(6):
        page.keyboard.press("PageDown")
        page.wait_for_timeout(400)
    assert slider.input_value() == value, "the page's keys turn pages, also from a slider"
    assert page.evaluate("[scrollY, document.querySelector('.projector-where').textContent]") != seen
    assert reader.problems == []


def test_a_presenters_key_brings_a_widget_whole_onto_the_screen(shown):
    reader, page = shown(reduced_motion="reduce")
    for _ in page.evaluate(SECTIONS):
        page.keyboard.press("ArrowRight")
        if page.locator(".lstm-gate-sliders").first.is_visible():
            break
    whole = """() => [...document.querySelectorAll('.lstm-gate-sliders')].some(node => {
        const { top, bottom } = node.getBoundingClientRect();
        return top >= -1 && bottom <= document.querySelector('.projector-bar').getBoundingClientRect().top + 1;
    })"""
    for _ in range(4):
        if page.evaluate(whole):
            break
        page.keyboard.press("PageDown")
        page.wait_for_timeout(100)
    assert page.evaluate(whole)
    columns = page.locator(".bd-article pre:visible").first.evaluate("""node => {
        const line = document.createElement('span');
        line.textContent = '\\n' + 'x'.repeat(88);
        node.append(line);
        const fits = node.scrollWidth <= node.clientWidth + 1;
        line.remove();
        return fits;
    }""")
    assert columns, "88 columns of code do not fit"
    assert reader.problems == []


def test_solutions_stay_folded_and_the_place_is_kept_on_loading_again(shown):
    reader, page = shown()
    sections = page.evaluate(SECTIONS)
    place = next(k for k, name in enumerate(sections) if name == "Exercises")
    for _ in range(place):
        page.keyboard.press("ArrowRight")
    assert page.locator(".bd-article details:visible").count() >= 3
    assert not page.evaluate("[...document.querySelectorAll('.bd-article details')].some(part => part.open)")
    page.reload(wait_until="load")
    page.wait_for_selector(".projector-bar")
    assert page.evaluate(SEEN) == ["Exercises"]
    assert reader.problems == []


def test_the_bar_can_be_read_light_and_dark_and_paper_is_as_ever(shown):
    for scheme in ("light", "dark"):
        reader, page = shown(color_scheme=scheme)
        least = page.evaluate("""() => {
            const light = colour => colour.match(/[\\d.]+/g).slice(0, 3).map(part => part / 255)
                .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
                .reduce((sum, part, k) => sum + part * [0.2126, 0.7152, 0.0722][k], 0);
            const bar = document.querySelector('.projector-bar');
            const paper = light(getComputedStyle(bar).backgroundColor);
            return Math.min(...[...bar.children].filter(node => !node.hidden && !node.disabled).map(node => {
                const ink = light(getComputedStyle(node).color);
                return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
            }));
        }""")
        assert least >= 4.5, scheme
        page.emulate_media(media="print")
        assert page.evaluate(SEEN) == page.evaluate(SECTIONS)[1:], "the theme prints the title by itself"
        assert not page.locator(".projector-bar").is_visible()
        assert reader.problems == []


def test_a_page_without_sections_has_no_button_that_does_nothing(read):
    page = read().open("search.html")
    assert page.get_by_role("button", name="Show on a projector").count() == 0
