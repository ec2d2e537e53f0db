"""Reports of the measurements: tables in Markdown, and a picture."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks import cases, machine
from benchmarks.cases import Case
from benchmarks.contenders import OUR_DOT, OUR_LSTM, OUR_LSTM_TO_READ, OURS
from benchmarks.measure import PRODUCTS, spread, straight_line
from lstm_helpers.data.measured.speed_table import Measurement, Speed

NOT_MEASURED = "Not measured yet:"
TITLES = {
    "forward": "Forward",
    "both": "Forward and backward",
    "step": "A training step (readout, mean squared error, Adam)",
}
LAYERS = {
    "cells": (
        "Other cells",
        "One layer of each cell of the package. *Ours, ms* is the time of one run here; the other columns are",
        "their time / ours. PyTorch and ONNX Runtime run their own layer of the same cell, if any, with our weights.",
        f"*{OUR_LSTM_TO_READ}* is an LSTM of the same size on the reference engine, which also runs every cell",
        "that the fast engine has no loops for: below 1, the cell costs more than that LSTM, and above 1, less.",
    ),
    "wirings": (
        "Stacked and bidirectional",
        "Stacked, residual and bidirectional layers. *Ours, ms* is the time of one run of the whole layer here; the",
        "other columns are their time / ours. PyTorch runs one module with",
        "`num_layers` and `bidirectional`, but has none that adds its input; ONNX Runtime runs the file that `to_onnx`",
        f"writes. *{OUR_LSTM}* is one LSTM of the same size: 0.5 says that the layer on the left takes twice its time.",
    ),
    "attention": (
        "Attention",
        "T queries of size H attend to T keys of size D. *Ours, ms* is the time of one run here; the other columns",
        "are their time / ours. PyTorch runs `scaled_dot_product_attention` after the same two products; it has no",
        f"additive attention. *{OUR_DOT}* is ours of the other kind: 0.5 says that the one on the left takes",
        "twice its time.",
    ),
}


def as_markdown(table: Speed) -> str:
    """Write all results as tables of ratios, theirs / ours: above 1, we are faster."""
    lines = [
        "# How fast it is",
        "",
        f"Measured by `make bench` on {table.machine}.",
        "",
        "Numbers are **their time / ours: above 1, this package is faster**; medians of runs that took turns.",
        "PyTorch is `nn.LSTM`, eager; all use one thread unless another number is given. *Bound* is the fraction of",
        "our time that the matrix products of the run would take alone, in NumPy.",
    ]
    for kind, title in TITLES.items():
        for dtype in cases.DTYPES:
            rows = table.select(what=kind, dtype=dtype)
            if rows:
                lines += ["", f"## {title}, {dtype}", "", *ratio_table(rows)]
    lines += _layers(table) + _memory(table) + _random(table) + _length(table)
    if left_out := [name for name in machine.PACKAGES if f"{name} " not in table.machine]:
        lines += ["", f"Not installed, and so not measured: {', '.join(left_out)}."]
    return "\n".join(lines) + "\n"


def not_measured(table: Speed, what: str) -> list[str]:
    """Name the layers of a kind that the table lacks, because they are newer."""
    known = {"cells": cases.every_cell(), "wirings": cases.WIRINGS, "attention": cases.ATTENTIONS}[what]
    return [repr(layer) for layer in known if not table.select(what=f"{what} both", layer=repr(layer))]


def ratio_table(rows: Sequence[Measurement]) -> list[str]:
    """Write a table with one line for each size and one column for each contender."""
    who = [name for name in dict.fromkeys(row.who for row in rows) if name not in (OURS, PRODUCTS)]
    found = {(row.size, row.who): row for row in rows}
    lines = [f"| T, B, D, H | ours, ms | {' | '.join(who)} | bound |", "|---|---:|" + "---:|" * (len(who) + 1)]
    for size in dict.fromkeys(row.size for row in rows):
        cells = [f"{found[size, name].ratio:.2f}" if (size, name) in found else "–" for name in who]
        bound = f"{found[size, PRODUCTS].ratio:.0%}" if (size, PRODUCTS) in found else "–"
        ours = _milliseconds(found[size, OURS])
        lines.append(f"| {', '.join(map(str, size))} | {ours} | {' | '.join(cells)} | {bound} |")
    return lines


def layer_table(rows: Sequence[Measurement]) -> list[str]:
    """Write a table with one line for each size and layer and one column for each contender."""
    who = [name for name in dict.fromkeys(row.who for row in rows) if name != OURS]
    who.sort(key=lambda name: name in (OUR_LSTM, OUR_LSTM_TO_READ, OUR_DOT))  # the last columns, present in every row
    found = {(row.size, row.layer, row.who): row for row in rows}
    lines = [f"| T, B, D, H | layer | ours, ms | {' | '.join(who)} |", "|---|---|---:|" + "---:|" * len(who)]
    for size, layer in dict.fromkeys((row.size, row.layer) for row in rows):
        cells = [f"{found[size, layer, w].ratio:.2f}" if (size, layer, w) in found else "–" for w in who]
        ours = _milliseconds(found[size, layer, OURS])
        lines.append(f"| {', '.join(map(str, size))} | `{layer}` | {ours} | {' | '.join(cells)} |")
    return lines


def _milliseconds(row: Measurement) -> str:
    """Write milliseconds with three digits, and never as a power of ten."""
    ms = row.value * 1e3
    return f"{ms:.3g}" if ms < 100 else f"{ms:.0f}"


def summary(table: Speed) -> list[str]:
    """Write the short table for a front page: PyTorch, forward and backward, and ONNX Runtime, forward."""
    columns = (
        ("PyTorch, float32", dict(what="both", dtype="float32", who="PyTorch")),
        ("PyTorch, float64", dict(what="both", dtype="float64", who="PyTorch")),
        ("PyTorch, training step, float32", dict(what="step", dtype="float32", who="PyTorch")),
        ("ONNX Runtime, forward, float32", dict(what="forward", dtype="float32", who="ONNX Runtime")),
    )
    lines = [f"| T, B, D, H | {' | '.join(title for title, _ in columns)} |", "|---|" + "---:|" * len(columns)]
    for size in cases.SIZES:
        found = [table.select(size=size, **wanted) for _, wanted in columns]
        cells = [f"{rows[0].ratio:.2f}" if rows else "–" for rows in found]
        lines.append(f"| {', '.join(map(str, size))} | {' | '.join(cells)} |")
    return lines


def picture(table: Speed, path: Path) -> None:
    """Draw forward and backward beside PyTorch, in both precisions."""
    import matplotlib.pyplot as plt

    from lstm_helpers import figures

    with plt.rc_context():
        figures.use_style()
        fig, axes = plt.subplots(1, 2, figsize=(11, 4.4), layout="constrained", sharey=True)
        for ax, dtype in zip(axes, cases.DTYPES, strict=True):
            rows = [row for row in table.select(what="both", dtype=dtype) if row.who not in (OURS, PRODUCTS)]
            if rows:
                figures.draw_time_ratios(rows, ax=ax)
            ax.set_title(f"forward and backward, {dtype}")
        axes[1].set_ylabel("")
        fig.savefig(path, dpi=150)
        plt.close(fig)


def _layers(table: Speed) -> list[str]:
    lines: list[str] = []
    for what, (title, *about) in LAYERS.items():
        tables: list[str] = []
        for kind in ("forward", "both"):
            for dtype in cases.DTYPES:
                rows = table.select(what=f"{what} {kind}", dtype=dtype)
                if rows:
                    tables += ["", f"### {title}: {TITLES[kind].lower()}, {dtype}", "", *layer_table(rows)]
        if tables:
            lines += ["", f"## {title}", "", *about, *tables]
            if late := not_measured(table, what):
                lines += ["", f"{NOT_MEASURED} {', '.join(f'`{layer}`' for layer in late)}."]
    return lines


def _memory(table: Speed) -> list[str]:
    lines: list[str] = []
    for kind in ("forward", "both"):
        rows = table.select(what=f"memory {kind}")
        if rows:
            who = list(dict.fromkeys(row.who for row in rows))
            found = {(row.size, row.who): row for row in rows}
            lines += ["", f"## Most memory at one time, {TITLES[kind].lower()}, float32, MB", ""]
            lines += [f"| T, B, D, H | {' | '.join(who)} |", "|---|" + "---:|" * len(who)]
            for size in dict.fromkeys(row.size for row in rows):
                cells = [f"{found[size, w].value / 2**20:.1f}" if (size, w) in found else "–" for w in who]
                lines.append(f"| {', '.join(map(str, size))} | {' | '.join(cells)} |")
    return lines


def _random(table: Speed) -> list[str]:
    lines: list[str] = []
    for dtype in cases.DTYPES:
        rows = table.select(what="random", dtype=dtype, who="PyTorch")
        if rows:
            lines.append(f"- {dtype}, {len(rows)} sizes: {spread([row.ratio for row in rows])}")
    if not lines:
        return []
    about = "Forward and backward, PyTorch's time / ours: least | quartiles and median | greatest."
    return ["", "## Sizes drawn at random", "", about, "", *lines]


def _length(table: Speed) -> list[str]:
    rows = table.select(what="length", who=OURS)
    if not rows:
        return []
    slope, start, r2 = straight_line([row.T for row in rows], [row.value for row in rows])
    case = Case(*rows[0].size)
    return [
        "",
        "## Time against length",
        "",
        f"Forward and backward at B={case.B}, D={case.D}, H={case.H}, {rows[0].dtype}, "
        f"T from {rows[0].T} to {rows[-1].T}: "
        f"{1e6 * slope:.1f} µs a step and {1e6 * start:.0f} µs besides, R² = {r2:.4f}.",
    ]
