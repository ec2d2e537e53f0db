"""Draw the README's picture, a trained cell at one word of a sentence: ``python tools/readme_picture.py``."""

from pathlib import Path

from matplotlib import pyplot as plt

from lstm_helpers import figures, unroll
from lstm_helpers.cells import lstm
from lstm_helpers.data import trained
from lstm_helpers.data.tasks import agreement

if __name__ == "__main__":
    figures.use_style()
    words = "the dogs near the cat behind the horse".split()
    trace = unroll(lstm, trained.agreement().cell, agreement.encode(words))
    figures.draw_cell(trace[4], unit=0, token="cat")
    plt.savefig(Path(__file__).parents[1] / "docs" / "cell.png", dpi=160)
