"""The web edition in a real browser: alive without a kernel, on a telephone, in the dark, on paper, for everybody."""

import pkgutil
import re
from pathlib import Path

import numpy as np
import pytest

import lstm_helpers
from tests.site.conftest import ROOT

CHAPTERS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
OTHERS = ["index", "run", "gallery", "bibliography", "search", "genindex", "py-modindex", "api/index"]
MODULES = sorted(f"api/{module.name}" for module in pkgutil.iter_modules(lstm_helpers.__path__))
PAGES = [*OTHERS, *(f"notebooks/{name}" for name in CHAPTERS), *MODULES]
PHONE = {"width": 360, "height": 740}
WIDER = """() => {
    const wide = document.documentElement.clientWidth;
    return document.documentElement.scrollWidth > wide + 1 || document.body.scrollWidth > wide + 1
        ? [...document.querySelectorAll('main *')].filter(node => node.getBoundingClientRect().right > wide + 1)
            .slice(0, 5).map(node => node.outerHTML.slice(0, 120)) : [];
}"""
# Code has thousands of coloured words, each of which axe would look at: one of each colour is enough.
THIN = """() => {
    const seen = new Set();
    for (const word of document.querySelectorAll('.highlight span[class]:not(.line)')) {
        const kind = word.className + word.closest('.highlight').parentElement.className;
        if (seen.has(kind) && !word.children.length) word.replaceWith(word.textContent);
        seen.add(kind);
    }
    for (const code of document.querySelectorAll('.highlight pre')) code.normalize();
}"""
GRAVE = """async (rules) => {
    const only = rules.length ? { runOnly: rules } : {};
    const { violations } = await axe.run({ resultTypes: ['violations'], preload: false, ...only });
    return violations.filter(one => ['serious', 'critical'].includes(one.impact)).map(one =>
        `${one.id} (${one.impact}), ${one.nodes.length} times: ${one.help}: ` + one.nodes.slice(0, 4)
            .map(node => node.html.slice(0, 160) + ' | ' + (node.any[0]?.message ?? '')).join(' || '));
}"""


def axe() -> str:
    import axe_playwright_python

    return Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_for_everybody_light_and_dark_wide_and_narrow_and_asks_nobody(read, site, name):
    reader = read(color_scheme="light")
    page = reader.open(f"{name}.html")
    theme = "document.documentElement.dataset.theme"
    assert page.evaluate(theme) == "light"
    page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    page.evaluate(THIN)
    page.evaluate(axe())
    assert page.evaluate(GRAVE, []) == []
    page.evaluate(f"{theme} = 'dark'")
    assert [f"dark: {one}" for one in page.evaluate(GRAVE, ["color-contrast", "link-in-text-block"])] == []
    page.set_viewport_size(PHONE)
    wider = ["not looked at"]
    for _ in range(25):  # widgets draw themselves anew, and the theme folds its sidebar away
        page.wait_for_timeout(200)
        if not (wider := page.evaluate(WIDER)):
            break
    assert wider == []
    size = page.evaluate("parseFloat(getComputedStyle(document.querySelector('main p, main li, main a')).fontSize)")
    assert size >= 14
    assert reader.problems == []


def test_the_code_pages_have_nothing_grave_either(read, site):
    found = {}
    sources = sorted((site / "_modules").rglob("*.html"))
    for scheme in ("light", "dark"):
        reader = read(color_scheme=scheme)
        for path in (sources[0], *sources[-3:], site / "_modules" / "lstm_helpers" / "cells" / "lstm.html"):
            page = reader.open(path.relative_to(site).as_posix())
            page.evaluate(THIN)
            page.evaluate(axe())
            if grave := page.evaluate(GRAVE, []):
                found[path.name, scheme] = grave
        assert reader.problems == []
    assert not found


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_widget_is_alive_or_a_picture(read, name):
    reader = read()
    page = reader.open(f"notebooks/{name}.html")
    for place in page.locator(".book-live").all():
        assert place.get_attribute("data-alive")
        assert place.locator(".lstm-widget :is(svg, input, button)").count() > 0
    assert page.locator(".book-still").count() == page.locator(".book-live").count()
    assert reader.problems == []


def test_gate_sliders_move_by_keyboard_and_show_the_packages_numbers(read):
    reader = read()
    page = reader.open("notebooks/03_open_the_gates.html")
    widget = page.locator(".lstm-gate-sliders").first
    slider = widget.get_by_label("forget gate f")
    slider.scroll_into_view_if_needed()
    slider.focus()
    before = slider.get_attribute("aria-valuetext"), widget.locator("[data-half-life]").first.inner_text()
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    after = slider.get_attribute("aria-valuetext"), widget.locator("[data-half-life]").first.inner_text()
    assert all(one != other for one, other in zip(before, after, strict=True))
    f = float(after[0])
    life = float(widget.locator("[data-half-life]").first.get_attribute("data-half-life"))
    assert life == pytest.approx(np.log(0.5) / np.log(f), rel=1e-9)
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "forget gate f"
    assert reader.problems == []


def test_a_gate_that_is_held_changes_the_run(read):
    reader = read()
    page = reader.open("notebooks/00_start_here.html")
    widget = page.locator(".lstm-widget").first
    spoken = widget.locator(".lstm-caption").first
    before = spoken.inner_text()
    page.get_by_role("button", name="Next", exact=True).first.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("(old) => document.querySelector('.lstm-caption').textContent !== old", arg=before)
    assert "near" in spoken.inner_text()
    widget.get_by_label("all units at once").check()
    for gate in ("forget gate", "input gate"):
        slider = widget.locator("input[type=range]").and_(widget.get_by_label(re.compile(gate))).first
        slider.focus()
        page.keyboard.press("Home")
    text = spoken.inner_text().replace("\u00a0", " ")
    assert "keeps 0.00 of c" in text and "c = 0.00" in text
    assert reader.problems == []


def test_pages_opened_from_a_folder_are_alive_too(browser, site):
    context = browser.new_context()
    page = context.new_page()
    page.goto((site / "notebooks" / "02_turn_soft_switches.html").as_uri(), wait_until="load")
    page.wait_for_selector(".book-live[data-alive=SoftGate]", state="attached")
    assert page.locator("mjx-container").count() > 5
    context.close()


def test_a_telephone_sees_the_same_and_opens_the_menu(read):
    reader = read(viewport=PHONE, is_mobile=True, has_touch=True, color_scheme="dark")
    page = reader.open("notebooks/04_assemble_the_cell.html")
    assert page.evaluate(WIDER) == []
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.locator("button.primary-toggle:visible, label.primary-toggle:visible").first.tap()
    page.wait_for_selector("nav.bd-links a:has-text('Open the gates'):visible")
    assert reader.problems == []


def test_the_keyboard_reaches_the_text_first_and_changes_the_theme(read):
    reader = read(color_scheme="light")
    page = reader.open("notebooks/03_open_the_gates.html")
    page.keyboard.press("Tab")
    assert "Skip to main content" in page.evaluate("document.activeElement.textContent")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.locator("button.theme-switch-button:visible").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.closest('.dropdown-menu')")
    for _ in range(2):  # from "as the system" over "light" to "dark"
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_function("document.documentElement.dataset.theme === 'dark'")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert light != dark and sum(map(int, re.findall(r"\d+", dark)[:3])) < 150
    ink = page.locator(".lstm-gate-sliders text").first.evaluate("node => getComputedStyle(node).fill")
    assert sum(map(int, re.findall(r"\d+", ink)[:3])) > 400, "a widget's letters stay dark in the dark"


def test_on_paper_there_is_the_text_alone_with_pictures_and_solutions(read):
    reader = read(color_scheme="dark")
    page = reader.open("notebooks/03_open_the_gates.html")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.evaluate("[...document.querySelectorAll('details')].every(part => part.open)")
    hidden = (".book-live", ".bd-sidebar-primary", ".bd-sidebar-secondary", ".bd-header-article", ".prev-next-footer")
    for gone in hidden:
        assert not page.locator(gone).first.is_visible(), gone
    assert page.locator(".book-still").first.is_visible()
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)")
    ink = page.locator("main p").first.evaluate("node => getComputedStyle(node).color")
    assert sum(map(int, re.findall(r"\d+", ink)[:3])) < 200, "light letters on white paper"
    for block in page.locator("main pre").all():
        assert block.evaluate("node => node.scrollWidth <= node.clientWidth + 1"), block.inner_text()[:200]
    page.emulate_media(media="screen")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert not page.evaluate("[...document.querySelectorAll('details')].some(part => part.open)")
    assert len(page.pdf(format="A4")) > 50_000
