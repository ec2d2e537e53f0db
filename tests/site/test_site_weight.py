"""What a page of the web edition weighs and asks for, and that nothing is missing for it: icons, figures, print."""

import re

import pytest

from tests.site.test_site_browser import CHAPTERS, PAGES, PHONE

MOST = 2.5e6  # bytes, unpacked, with every figure


def all_figures(page) -> None:
    """Wait until a page has fetched what it fetches last."""
    page.wait_for_function("[...document.images].every(one => one.complete && one.naturalWidth)")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_light_and_asks_for_nothing_that_it_does_not_need(read, name):
    reader = read()
    sizes = {}
    line = reader.context.new_cdp_session(reader.page)
    line.send("Network.enable")
    asked = {}
    line.on("Network.requestWillBeSent", lambda one: asked.update({one["requestId"]: one["request"]["url"]}))
    line.on(
        "Network.dataReceived",
        lambda one: sizes.update({one["requestId"]: sizes.get(one["requestId"], 0) + one["dataLength"]}),
    )
    page = reader.open(f"{name}.html")
    all_figures(page)
    page.wait_for_timeout(200)
    total = sum(sizes.values())
    assert total < MOST, {asked[key]: size for key, size in sizes.items()}
    urls = [url for url in asked.values() if url.startswith("http")]
    assert len(urls) == len(set(urls)), "asked twice"
    assert not [
        url for url in urls if re.search(r"mathjax/tex|fontawesome|searchtools|searchindex|_images/.*\.png$", url)
    ]
    assert ("search" == name) == any("search-index" in url for url in urls)
    assert len([url for url in urls if not url.endswith(".webp")]) <= 20
    assert reader.problems == []  # and so no request to another host


@pytest.mark.parametrize("name", ["00_start_here", "03_open_the_gates", "07_backpropagate_through_time"])
def test_pictures_out_of_sight_wait_until_the_widgets_scripts_are_there(read, name):
    reader = read()
    page = reader.open(f"notebooks/{name}.html")
    all_figures(page)
    waiting, scripts = page.evaluate("""() => {
        const of = (all, take) => all.flatMap(one => performance.getEntriesByName(one.src).map(take));
        return [of([...document.images].filter(one => one.closest('.book-still')), one => one.startTime),
            of([...document.scripts].filter(one => one.src.includes('/widgets/')), one => one.responseEnd)];
    }""")
    assert len(waiting) == page.locator(".book-live:not([data-alive=Predict])").count() and scripts  # which has words
    assert min(waiting) >= max(scripts)
    assert reader.problems == []


def test_a_widget_whose_script_does_not_come_stays_a_picture(read):
    reader = read()
    reader.page.route("**/widgets/GateSliders.js", lambda route: route.abort())
    page = reader.open("notebooks/03_open_the_gates.html")
    failed = page.locator('.book-live[data-alive=""]')
    assert failed.count() >= 1
    picture = page.locator('.cell_output > :has(+ .output .book-live[data-alive=""]) img').first
    picture.scroll_into_view_if_needed()
    page.wait_for_function("one => one.complete && one.naturalWidth > 0", arg=picture.element_handle())
    assert picture.is_visible()


@pytest.mark.parametrize("name", ["03_open_the_gates", "12_model_a_language"])
def test_every_figure_is_printed(read, name):
    page = read().open(f"notebooks/{name}.html")
    all_figures(page)  # without a scroll
    figures = page.evaluate("new Set([...document.images].map(one => one.src)).size")
    assert len(re.findall(rb"/Subtype\s*/Image", page.pdf(format="A4"))) >= figures > 2


@pytest.mark.parametrize("name", CHAPTERS)
def test_figures_keep_their_place_before_they_come(site, name):
    text = (site / "notebooks" / f"{name}.html").read_text(encoding="utf-8")
    for image in re.findall(r"<img [^>]+>", text):
        assert re.search(r'width="\d+"', image) and re.search(r'height="\d+"', image), image
    images = re.findall(r"<img [^>]+>", text)
    assert sum('loading="lazy"' not in image for image in images) <= 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("wide", [1280, PHONE["width"]])
def test_every_icon_is_drawn_and_its_button_has_a_name(read, scheme, wide):
    reader = read(color_scheme=scheme, viewport={"width": wide, "height": 740})
    page = reader.open("notebooks/03_open_the_gates.html")
    assert page.locator(":is(i, span)[class*='fa-']").count() == 0
    seen = page.locator(".bd-header-article svg.book-icon:visible")
    assert seen.count() >= 4
    for icon in seen.all():
        box = icon.bounding_box()
        assert 10 < box["width"] < 40 and 10 < box["height"] < 40
        assert icon.evaluate("node => node.querySelector('path').getBBox().width") > 100
        ink = icon.evaluate("node => getComputedStyle(node.querySelector('path')).fill")
        level = sum(map(int, re.findall(r"\d+", ink)[:3]))
        assert level > 300 if scheme == "dark" else level < 400
    names = page.evaluate("""() => [...document.querySelectorAll('.bd-header-article :is(a, button):has(svg)')]
        .map(node => node.getAttribute('aria-label') || node.title
            || node.dataset.bsOriginalTitle || node.textContent.trim())""")
    assert all(names) and len(names) >= 4
    assert reader.problems == []
