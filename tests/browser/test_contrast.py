"""The measure of contrast itself, on places whose contrast is known."""

import numpy as np
import pytest

from tests.browser import contrast

PLACE = """<body style="background:#fff"><div id="place" style="background:#ccc; color:#777; padding:9px; width:340px">
grey <b style="color:#000">black</b> <i style="opacity:0.5; color:#000">half</i>
<button style="border:1px solid #767676; background:#fff; color:#ccc" disabled>off</button>
<button style="border:1px solid #ccc; background:#ccc; color:#ccc">gone</button>
<button style="border:1px solid #ccc; background:#ccc; color:#000">words</button>
<button style="border:1px solid #555; background:#ccc; color:#000">edge</button>
<button style="border:0; background:#555; color:#fff">fill</button>
<input aria-label="written" value="written in it" style="border:1px solid #ccc; background:#ccc; color:#000">
<input type="range" aria-label="track" style="appearance:none; width:200px; height:24px;
 background:linear-gradient(#555, #555) center / 100% 5px no-repeat">
<input type="range" aria-label="no track" style="appearance:none; width:200px; height:24px; background:none">
<style>input::-webkit-slider-thumb { appearance:none; width:18px; height:18px; background:#000 }</style>
<svg width="300" height="60"><rect x="0" y="0" width="100" height="60" fill="#222"/>
<rect class="full" x="205" y="40" width="20" height="14" fill="#222" stroke="#c4c4c4" stroke-width="0.6"/>
<rect class="edged" x="230" y="40" width="20" height="14" fill="#c4c4c4" stroke="#222" stroke-width="0.6"/>
<rect class="thin" x="280" y="40" width="15" height="14" fill="#c4c4c4" stroke="#000" stroke-width="0.25"/>
<rect class="neither" x="255" y="40" width="20" height="14" fill="#c4c4c4" stroke="#ddd" stroke-width="0.6"/>
<line class="half-lost" x1="5" y1="30" x2="195" y2="30" stroke="#222" stroke-width="2"/>
<line class="there" x1="205" y1="30" x2="295" y2="30" stroke="#222" stroke-width="2"/>
<text x="10" y="20" fill="#333">lost</text><text x="120" y="20" fill="#333">seen</text>
<text x="12" y="52" fill="#333" style="paint-order:stroke; stroke:#ccc; stroke-width:8px">halo</text>
<g class="lstm-dim"><text x="220" y="52" fill="#aaa">dimmed</text></g></svg></div>"""


@pytest.fixture
def place(lab):
    page = lab.browser.new_page()
    page.set_content(PLACE)
    yield page, page.locator("#place")
    page.close()


def test_contrast_is_that_of_the_guidelines():
    assert contrast.contrast(np.array([0, 0, 0]), np.array([255, 255, 255])) == pytest.approx(21.0)
    assert contrast.contrast(np.array([119, 119, 119]), np.array([255, 255, 255])) == pytest.approx(4.48, abs=0.005)
    assert contrast.contrast(np.array([7, 7, 7]), np.array([7, 7, 7])) == 1.0


def test_words_lines_and_controls_are_measured_against_what_is_painted_behind_them(place):
    found = {one.words: one for one in contrast.measure(*place)}
    assert found["grey"].contrast == pytest.approx(2.79, abs=0.02)  # #777 on #ccc
    assert found["black"].contrast == pytest.approx(13.08, abs=0.02)
    assert found["half"].contrast == pytest.approx(3.55, abs=0.1)  # #666 is what is painted
    assert found["lost"].contrast < 1.5 and found["seen"].contrast > 7.5  # one ink, two grounds
    assert found["halo"].contrast > 7.5
    assert found["line.half-lost"].contrast == 1.0 and found["line.there"].contrast > 9.0
    assert found["rect.full"].contrast > 9.0 and 3.0 < found["rect.edged"].contrast < 4.5
    assert found["rect.thin"].contrast < 2.0  # black, but a quarter of a pixel
    assert found["rect.neither"].contrast < 1.5
    assert found["gone"].contrast == 1.0 and found["off"].disabled


def test_a_control_is_measured_by_its_edge_fill_or_track_and_not_by_what_is_written_in_it(place):
    found = {one.words: one.contrast for one in contrast.measure(*place) if one.kind == "control"}
    assert found["words"] == 1.0 and found["written"] == 1.0 and found["no track"] == 1.0
    assert found["edge"] > 4.0 and found["fill"] > 4.0 and found["track"] > 4.0  # #555 on #ccc


def test_low_contrast_is_listed_with_its_number(place):
    listed = contrast.too_faint(*place)
    assert any(one.startswith("word 'lost': 1.2") for one in listed)
    assert any("'dimmed'" in one for one in listed) and any("line.half-lost" in one for one in listed)
    assert not any(word in " ".join(listed) for word in ("black", "seen", "halo", "'off'", "line.there"))
