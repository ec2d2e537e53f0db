"""Code and outputs line by line: each in an element of its own, which says how far it is set in.

So a line that is too long for the page can be broken where it is read, set in below itself (book.css). A line with
columns, which has runs of spaces inside, is not one that flows.
"""

import re
from collections.abc import Iterator
from typing import Any

from pygments.formatters import HtmlFormatter
from sphinx.highlighting import PygmentsBridge


class Lines(HtmlFormatter):  # type: ignore[type-arg]
    """What Sphinx uses, with an element for each line."""

    def wrap(self, source: Any) -> Any:
        """Put each line of code into its element."""
        return super().wrap(by_line(source))


def by_line(source: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Wrap the lines, and leave alone what is none."""
    for is_line, html in source:
        words = re.sub(r"<[^>]+>", "", html).rstrip()
        inside = words.lstrip()
        kind = "line" if "  " in inside else "line flows"
        yield (
            is_line,
            f'<span class="{kind}" style="--in:{len(words) - len(inside)}">{html}</span>' if is_line else html,
        )


def setup(app: Any) -> dict[str, bool]:
    """Let Sphinx write all code this way."""
    PygmentsBridge.html_formatter = Lines
    return {"parallel_read_safe": True, "parallel_write_safe": True}
