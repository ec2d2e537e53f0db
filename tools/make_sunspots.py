"""Write lstm_helpers/data/sources/sunspots.csv from the copy that statsmodels ships (made with statsmodels 0.15.0).

Only needed to make the file again: `python -m pip install statsmodels`, then `python tools/make_sunspots.py`.
"""

from pathlib import Path

from statsmodels.datasets import sunspots

DESTINATION = Path(__file__).resolve().parents[1] / "lstm_helpers" / "data" / "sources" / "sunspots.csv"


def main() -> None:
    """Write one line a year: the year, and the yearly mean sunspot number with one decimal."""
    table = sunspots.load_pandas().data
    rows = [f"{int(year)},{number:.1f}" for year, number in zip(table["YEAR"], table["SUNACTIVITY"], strict=True)]
    DESTINATION.write_text("\n".join(["year,sunspot_number", *rows]) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
