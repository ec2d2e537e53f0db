"""Write elnino.csv and co2.csv in lstm_helpers/data/sources from the copies in statsmodels (made with version 0.15.0).

Only needed to make the files again: `python -m pip install statsmodels`, then `python tools/make_series.py`.
"""

from pathlib import Path

import numpy as np
from statsmodels.datasets import co2, elnino

FOLDER = Path(__file__).resolve().parents[1] / "lstm_helpers" / "data" / "sources"


def main() -> None:
    """Write one line a month, and one line a week; a week without a measurement has an empty second column."""
    table = elnino.load_pandas().data.to_numpy()
    months = [f"{int(row[0])}-{month:02d},{row[month]:.2f}" for row in table for month in range(1, 13)]
    write("elnino.csv", ["month,temperature", *months])
    weeks = co2.load_pandas().data["co2"].items()
    write("co2.csv", ["week,ppm", *(f"{day.date()},{'' if np.isnan(ppm) else f'{ppm:.1f}'}" for day, ppm in weeks)])


def write(name, lines):
    (FOLDER / name).write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
