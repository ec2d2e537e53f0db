"""Measure speed and memory and write the tables: ``make bench``, or ``python -m benchmarks``.

    python -m benchmarks                     all of it: about 23 minutes on two cores, better with nothing else running
    python -m benchmarks --quick             the LSTM alone, forward and backward at small sizes, about a minute
    python -m benchmarks --parts both random --dtypes float32       some of it
    python -m benchmarks --parts cells wirings attention            what is not a single LSTM: other cells, stacks, …
    python -m benchmarks --join a.csv b.csv  measure nothing; write the tables from earlier runs
    python -m benchmarks --fresh             measure nothing; compare the book's tables in words with its numbers

It writes speed.csv, speed.md and speed.png to the folder given by ``--out``.
"""

import argparse
from pathlib import Path

from benchmarks import cases, machine, measure, report
from benchmarks.contenders import OUR_LSTM, OUR_LSTM_TO_READ
from lstm_helpers.data.measured.speed_table import Speed, speed, write_speed

ROOT = Path(__file__).resolve().parents[1]
PARTS = (*cases.KINDS, "random", "length", "cells", "wirings", "attention", "memory")


def main() -> None:
    """Read the command line, measure, and write the results."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--quick", action="store_true", help="the LSTM alone, small sizes, few turns")
    ask.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS), help="what to measure")
    ask.add_argument("--dtypes", nargs="+", choices=cases.DTYPES, default=list(cases.DTYPES))
    ask.add_argument("--sizes", nargs="+", type=int, default=list(range(len(cases.SIZES))), help="which, from 0")
    ask.add_argument("--seconds", type=float, default=4.0, help="for each case, about")
    ask.add_argument("--join", nargs="+", type=Path, help="tables of earlier runs, instead of measuring")
    ask.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results")
    ask.add_argument(
        "--ship", action="store_true", help="write the book's own tables too: docs/ and lstm_helpers/data/measured"
    )
    ask.add_argument("--fresh", action="store_true", help="fail if docs/ or README.md say other than the numbers")
    chosen = ask.parse_args()
    if chosen.fresh:
        raise SystemExit(stale(speed()))
    table = join(chosen.join) if chosen.join else run(chosen)
    folders = [(chosen.out, chosen.out)] + [(ROOT / "docs", ROOT / "lstm_helpers" / "data" / "measured")] * chosen.ship
    for words, numbers in folders:
        words.mkdir(parents=True, exist_ok=True)
        write_speed(numbers / "speed.csv", table)
        (words / "speed.md").write_text(report.as_markdown(table), encoding="utf-8")
        report.picture(table, words / "speed.png")
    print("\n".join(report.summary(table)))


def run(chosen: argparse.Namespace) -> Speed:
    """Measure what was asked for."""

    def say(text: str) -> None:
        print(text, flush=True)

    say(machine.describe())
    if left_out := machine.missing():
        say(f"not installed, left out: {', '.join(left_out)} (pip install -e '.[bench]' adds them)")
    say("their time / ours: above 1, we are faster")
    parts, seconds, count = chosen.parts, chosen.seconds, 28
    sizes = [cases.SIZES[k] for k in chosen.sizes]
    if chosen.quick:
        parts, seconds, count, sizes = ["both", "random"], 0.5, 6, list(cases.SIZES[:4])
    rows = measure.side_by_side([p for p in parts if p in cases.KINDS], chosen.dtypes, sizes, seconds, say)
    if "random" in parts:
        rows += measure.at_random(chosen.dtypes, count, seconds / 4, say)
    if "length" in parts:
        rows += measure.against_length(seconds, say)
    few = [case for case in cases.FOR_LAYERS if case in sizes]
    if "cells" in parts:
        every = cases.every_cell()
        rows += measure.of_layers("cells", every, OUR_LSTM_TO_READ, chosen.dtypes, few, seconds / 3, say)
    if "wirings" in parts:
        rows += measure.of_layers("wirings", cases.WIRINGS, OUR_LSTM, chosen.dtypes, few, seconds / 3, say)
    if "attention" in parts:
        rows += measure.of_attention(chosen.dtypes, seconds / 3, say)
    if "memory" in parts:
        rows += measure.memory(measure.MEMORY_SIZES, say)
    return Speed(machine.describe(), tuple(rows))


def stale(table: Speed) -> str | None:
    """Name the tables that do not follow from the shipped numbers; an unmeasured cell counts as well."""
    words = (ROOT / "docs" / "speed.md").read_text(encoding="utf-8")
    front = (ROOT / "README.md").read_text(encoding="utf-8")
    wrong = ["docs/speed.md"] * (words != report.as_markdown(table))
    wrong += ["README.md"] * ("\n".join(report.summary(table)) not in front)
    fix = "`make bench ARGS='--join lstm_helpers/data/measured/speed.csv --ship'` writes and prints it from the numbers"
    return f"{' and '.join(wrong)}: not what lstm_helpers/data/measured/speed.csv says; {fix}" if wrong else None


def join(paths: list[Path]) -> Speed:
    """Join tables of one machine."""
    tables = [speed(path) for path in paths]
    if len({table.machine for table in tables}) > 1:
        raise SystemExit("These tables are of different machines or versions, so their ratios cannot be joined.")
    return Speed(tables[0].machine, tuple(row for table in tables for row in table.rows))


if __name__ == "__main__":
    main()
