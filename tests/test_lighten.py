"""What is taken out of the web edition's pages, on small examples: styles, icons, figures, scripts."""

import numpy as np
import pytest
from PIL import Image

from tools import lighten


def test_only_rules_that_can_match_stay():
    style = """
        .used{color:red} .gone{color:red} .used .gone,p.used>a{margin:0} #gone b{top:0} p{margin:0}
        @media print{.gone{top:0}} @media (min-width: 3px){.used{left:0}.gone{left:0}}
        :not(.gone) p{right:0} [data-x=".gone"]{right:1px} .\\31 gone{top:1px}
        .used::before{content:"}.gone{"} .used{background:url("data:image/svg+xml,%3Csvg a='{};'/%3E")}
        @font-face{font-family:icons;src:url(../vendor/icons.woff2)} .dropdown-gone{top:0} @charset "utf-8";
    """
    assert lighten.thin(style, {"used"}) == (
        ".used{color:red}p.used>a{margin:0}p{margin:0}@media (min-width: 3px){.used{left:0}}:not(.gone) p{right:0}"
        '[data-x=".gone"]{right:1px}.\\31 gone{top:1px}.used::before{content:"}.gone{"}'
        '.used{background:url("data:image/svg+xml,%3Csvg a=\'{};\'/%3E")}.dropdown-gone{top:0}@charset "utf-8";'
    )


def test_an_icon_is_drawn_with_its_classes_and_hidden_from_a_screen_reader():
    script = 'x={sun:[576,512,[],"f185","M1 1z"],"circle-half":[512,512,[2],"f042","M2 2z"]};'
    script += 'y={sun:[576,512,[],"f185","M3 3z"]}'
    icons = lighten.drawings(script)
    assert icons == {"sun": ("576", "512", "M3 3z"), "circle-half": ("512", "512", "M2 2z")}
    words = '<span class="fa-none-of-it x">words</span>'
    text = f'<i class="theme-switch fa-solid fa-sun fa-lg" data-mode="light"></i> {words}'
    drawn = lighten.ICON.sub(lambda found: lighten.draw_icon(icons, found), text)
    begins = (
        '<svg class="book-icon theme-switch fa-sun fa-lg" data-mode="light" viewBox="0 0 576 512" aria-hidden="true"'
    )
    assert drawn.startswith(begins)
    assert drawn.endswith(f"</svg> {words}") and "M3 3z" in drawn


@pytest.mark.parametrize("alpha", [255, 100])
def test_figures_are_compressed_without_loss(tmp_path, monkeypatch, alpha):
    monkeypatch.setattr(lighten, "KEPT", tmp_path / "kept")
    folder = tmp_path / "_images"
    folder.mkdir()
    pixels = np.random.default_rng(0).integers(0, 256, (40, 60, 4), dtype=np.uint8)
    pixels[..., 3] = alpha
    Image.fromarray(pixels).save(folder / "a.png")
    lighten.compress(folder)
    assert [path.name for path in folder.iterdir()] == ["a.webp"]
    with Image.open(folder / "a.webp") as made:
        assert np.array_equal(np.asarray(made.convert("RGBA")), pixels)


def test_a_figure_has_one_link_and_waits_unless_it_is_the_first(tmp_path):
    page = tmp_path / "notebooks" / "x.html"
    (tmp_path / "_images").mkdir()
    one = '<a class="reference internal image-reference" href="../_images/{0}.png">'
    one += '<img alt="A &gt; b" height="20" src="../_images/{0}.png" width="30" />\n</a>'
    live = '\n<div class="output text_html"><div class="book-live"><script type="application/json">{"widget":"X"}'
    live += "</script></div>"
    made = lighten.figures(one.format("w") + live + one.format("a") + one.format("b"), page)
    assert made.count("<a ") == 3 and made.count('class="book-figure"') == 3 and ".png" not in made
    still, first, second = made.split("<img ")[1:]
    assert 'loading="lazy"' in still and 'style="--wide: 30; --high: 20"' in still
    assert 'loading="lazy"' not in first and 'loading="lazy"' in second


def test_widgets_scripts_come_first_and_the_themes_last():
    text = """<html data-content_root="../"><head>
    <script src="../_static/doctools.js?v=1"></script>
    <script>DOCUMENTATION_OPTIONS.pagename = 'x';</script>
    <script defer="defer" src="../_static/book.js?v=2"></script>
    <script src="../searchindex.js"></script>
  </head><body><div class="book-live" style="--wide: 1"><script type="application/json">{"widget":"GateSliders","a":1}
  </script></div>
  <script defer src="../_static/scripts/bootstrap.js?digest=1"></script></body>"""
    made = lighten.scripts(text, "const DOCUMENTATION_OPTIONS = {};")
    order = ["const DOCUMENTATION", "widgets/GateSliders.js", ".pagename", "book.js", "_static/theme.js"]
    assert sorted(order, key=made.index) == order and made.count("GateSliders.js") == 1
    assert not [gone for gone in ("doctools", "searchindex", "bootstrap") if gone in made]
