"""Break long lines, because an answer that a page prints must not be cut off beside it."""

import textwrap

COLUMNS = 88  # what fits beside JupyterLab's file browser, and in the web edition's column, at 1280 pixels


def wrap(text: str) -> str:
    """Break lines longer than ``COLUMNS`` between words; what continues a line is indented as that line is.

    Parameters
    ----------
    text : str
        Any number of lines; those that fit stay as they are.

    Returns
    -------
    str
    """
    return "\n".join(_wrapped(line) for line in text.split("\n"))


def _wrapped(line: str) -> str:
    if len(line) <= COLUMNS:
        return line
    start = line[: len(line) - len(line.lstrip(" -"))]
    return textwrap.fill(
        line, COLUMNS, subsequent_indent=" " * len(start), break_long_words=False, break_on_hyphens=False
    )
