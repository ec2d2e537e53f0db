"""The list of pictures is whole, each is what its name says, and the gallery shows them all."""

import re
from pathlib import Path

import matplotlib
from matplotlib import font_manager

from lstm_helpers import figures
from tools import gallery, pictures

ROOT = Path(__file__).parents[1]
STORED = ROOT / "tests" / "figures" / "baseline"


def test_every_figure_has_a_picture() -> None:
    drawing = {name for name in figures.__all__ if name.startswith("draw_")}
    shown = {name.partition("-")[0] for name in pictures.PICTURES}
    assert drawing - shown == set(), (
        "without a picture: give each a line in tools/pictures.py, and run `make baselines`"
    )
    assert shown - drawing == set(), "no longer there"


def test_a_picture_is_drawn_by_the_function_in_its_name() -> None:
    for name, draw in pictures.PICTURES.items():
        assert name.partition("-")[0] in draw.__code__.co_names, name


def test_each_picture_is_stored_and_all_are_small() -> None:
    stored = {path.stem: path.stat().st_size for path in STORED.iterdir()}
    assert set(stored) == set(pictures.PICTURES), "run `make baselines`"
    assert sum(stored.values()) < 2e6


def test_the_font_is_matplotlibs_own() -> None:
    with matplotlib.rc_context():
        figures.use_style()
        found = Path(font_manager.findfont(font_manager.FontProperties()))
    assert found.is_relative_to(matplotlib.get_data_path()) and found.stem == "DejaVuSans"


def test_the_gallery_shows_every_picture_and_asks_for_nothing(monkeypatch) -> None:
    some = dict(list(pictures.PICTURES.items())[:3])
    monkeypatch.setattr(pictures, "PICTURES", some)
    text = gallery.page()
    assert re.findall(r'<figure id="([^"]+)">', text) == list(some)
    assert len(re.findall(r'<img alt="[^"]{20,}" src="data:image/png;base64,', text)) == len(some)
    assert "http" not in text
    for view in gallery.VIEWS:
        assert f'id="{view}"' in text
    for view in gallery.VIEWS[2:]:
        assert f"url(#seen-{view})" in text and f'<filter id="seen-{view}"' in text


def test_the_web_edition_gets_every_picture(monkeypatch, tmp_path) -> None:
    some = dict(list(pictures.PICTURES.items())[:3])
    monkeypatch.setattr(pictures, "PICTURES", some)
    text = gallery.for_the_site(tmp_path / "shown")
    assert sorted(path.stem for path in (tmp_path / "shown").iterdir()) == sorted(some)
    assert re.findall(r"{image} shown/(.+)\.png", text) == list(some)
    assert text.count("\n:alt: ") == len(some)
