"""From the package's docstrings, which are written to be read as they stand, to what Sphinx understands.

Equations, set in by four spaces, stay as they are; a bar, a star or an underscore is itself and no mark-up; and a named
tuple's fields come with the comments that say their shapes, which Python does not keep.
"""

import ast
import inspect
import re
import textwrap
from typing import Any

from sphinx.addnodes import pending_xref
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.nodes import find_pending_xref_condition

ANY = r"~?(?:typing\.)?Any"
ARRAY = re.compile(rf"~?(?:numpy\.)?ndarray\[tuple\[{ANY}, \.\.\.\], ~?(?:numpy\.)?dtype\[{ANY}\]\]")
THING = re.compile(r"<(?:function|module|class) '?([\w.]+)[^>]*>")  # as a default: what it is called
FIELD = re.compile(r"^\s+(?P<name>\w+):\s*(?P<kind>[^#=]+?)\s*(=\s*[^#]+?)?\s*(#\s*(?P<said>.*))?$")


def process(app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Change a docstring in place."""
    text = "\n".join(lines)
    if what == "module":
        text = verbatim(text)
    text = "".join(part if k % 2 else escape(part) for k, part in enumerate(re.split(r"(``.*?``|`[^`]+`)", text)))
    lines[:] = text.split("\n")
    if what == "class" and is_record(obj):
        lines += ["", *fields(obj)]


def verbatim(text: str) -> str:
    """Mark every set-in block of a module's docstring, which holds equations or code, as not to be touched."""
    out: list[str] = []
    for block in re.split(r"\n\s*\n", textwrap.dedent(text)):
        first = block.split("\n", 1)[0]
        out.append(f"::\n\n{block}" if first.startswith("    ") else block)
    return "\n\n".join(out)


def escape(text: str) -> str:
    """Take from characters of mathematics the meaning they have in reStructuredText; leave set-in lines alone."""
    return "\n".join(
        line if line.startswith("    ") else re.sub(r"(?<=\w)_(?!\w)|[|*]", r"\\\g<0>", line)
        for line in text.split("\n")
    )


def sign(app: Any, what: str, name: str, obj: Any, options: Any, arguments: str | None, returned: str | None) -> Any:
    """Write signatures as the source does: `Array`, and a named tuple's fields by name, whose kinds stand below."""
    if is_record(obj):
        return f"({', '.join(obj._fields)})", None
    return tuple(text and THING.sub(r"\1", ARRAY.sub("Array", text)) for text in (arguments, returned))


def is_record(obj: Any) -> bool:
    """Tell a named tuple from other classes."""
    return inspect.isclass(obj) and issubclass(obj, tuple) and hasattr(obj, "_fields")


def fields(obj: Any) -> list[str]:
    """List a named tuple's fields with their kinds and what the comment behind each says."""
    try:
        source = textwrap.dedent(inspect.getsource(obj))
    except (OSError, TypeError):
        return []
    body = ast.parse(source).body[0]
    assert isinstance(body, ast.ClassDef)
    rows = [node for node in body.body if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)]
    lines = source.split("\n")
    out = []
    for row in rows:
        found = FIELD.match(lines[row.lineno - 1])
        said = (found["said"] if found else None) or ""
        name = row.target.id.replace("_", r"\_")
        out.append(f"* **{name}** : ``{ast.unparse(row.annotation)}`` {escape(said)}".rstrip())
    return out


def skip(app: Any, what: str, name: str, obj: Any, skipped: bool, options: Any) -> bool | None:
    """Leave out the fields of named tuples, which stand in the class's own list, and defaults that are modules."""
    return True if type(obj).__name__ == "_tuplegetter" or (what == "class" and inspect.ismodule(obj)) else None


class OneTargetOrNone(SphinxPostTransform):
    """Make no link of a name that several modules have, such as Params: it might lead to another cell's."""

    default_priority = 5  # before Sphinx resolves them

    def run(self, **kwargs: Any) -> None:
        """Replace such references by what they say."""
        python = self.env.domains.python_domain
        for node in list(self.document.findall(pending_xref)):
            if node["refdomain"] != "py":
                continue
            mode = 1 if node.hasattr("refspecific") else 0
            where = (node.get("py:module"), node.get("py:class"))
            found = python.find_obj(self.env, *where, node["reftarget"], node["reftype"], mode)
            if len({name for name, entry in found if not entry.aliased}) > 1:
                told = find_pending_xref_condition(node, "resolved")
                node.replace_self(told.children if told else node.children)


def setup(app: Any) -> dict[str, bool]:
    """Register with Sphinx, before napoleon reads the sections."""
    app.connect("autodoc-process-docstring", process, priority=400)
    app.connect("autodoc-process-signature", sign)
    app.connect("autodoc-skip-member", skip)
    app.add_post_transform(OneTargetOrNone)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
