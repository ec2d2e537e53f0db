"""Every figure, as a picture, against the one that is stored: exchanged colours, labels and legend entries fail.

The pictures in baseline/ were drawn by the matplotlib in locks/test.txt, with the fonts that come with it. Another
draws text a little otherwise, so with another nothing is compared, and this module says so. `make baselines` writes
them again. Where something differs, build/pictures has what was expected, what was drawn, and the difference.
"""

from pathlib import Path

import matplotlib
import pytest
from matplotlib.figure import Figure

from tools import pictures
from tools.lock import entries

ROOT = Path(__file__).resolve().parents[2]
OURS = {line.split()[0].partition("==")[2] for line in entries(ROOT / "locks" / "test.txt")["matplotlib"]}

if matplotlib.__version__ not in OURS:
    pytest.skip(
        f"pictures are stored for matplotlib {' and '.join(sorted(OURS))}: with {matplotlib.__version__} no figure is "
        "compared with its picture",
        allow_module_level=True,
    )


def stored(name: str) -> pytest.MarkDecorator:
    """Say which picture a figure is compared with, and how."""
    return pytest.mark.mpl_image_compare(
        filename=f"{name}.png", style="default", tolerance=pictures.TOLERANCE, savefig_kwargs=pictures.SAVED
    )


@pytest.mark.parametrize("name", [pytest.param(name, marks=stored(name)) for name in pictures.PICTURES])
def test_a_figure_looks_like_its_stored_picture(name: str) -> Figure:
    return pictures.draw(name)
