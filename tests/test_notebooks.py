"""What can be checked about the pages without running them: their form, their links, their order, their solutions."""

import ast
import itertools
import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest

from lstm_helpers import frameworks
from lstm_helpers.runtime import COLUMNS
from tools import notebooks

ROOT = Path(__file__).parents[1]
PAGES = sorted((ROOT / "notebooks").glob("*.ipynb"))
SHORT = 100  # letters of a line such as "In numbers:", which leads on to what stands below it; as in predict.js
each_page = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)


def load(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def code_cells(path: Path) -> Iterator[tuple[int, nbformat.NotebookNode]]:
    for position, cell in enumerate(load(path).cells):
        if cell.cell_type == "code":
            yield position, cell


def prose(path: Path) -> Iterator[tuple[int, str]]:
    """The text cells, without what stands between code fences."""
    for position, cell in enumerate(load(path).cells):
        if cell.cell_type == "markdown":
            yield position, re.sub(r"^(```|~~~).*?^\1", "", cell.source, flags=re.MULTILINE | re.DOTALL)


def headings(path: Path) -> list[tuple[int, str]]:
    texts = "\n\n".join(text for _, text in prose(path))
    return [(len(marks), text.strip()) for marks, text in re.findall(r"^(#{1,6}) +(.+?)#*$", texts, re.MULTILINE)]


def anchor(heading: str) -> str:
    """The fragment that JupyterLab gives a heading."""
    return re.sub(r"[*`]|\[(.*?)\]\(.*?\)", r"\1", heading).replace(" ", "-")


def is_solution(cell: nbformat.NotebookNode) -> bool:
    return "solution" in cell.metadata.get("tags", [])


def is_predict(cell: nbformat.NotebookNode) -> bool:
    return "predict" in cell.metadata.get("tags", [])


def printed(cell: nbformat.NotebookNode) -> Iterator[str]:
    """The lines of a cell's stored outputs that are shown as text, nothing richer standing in their place."""
    for out in cell.outputs:
        rich = {kind for kind in out.get("data", {}) if kind.startswith("image/") or kind.startswith("text/")}
        if "text" in out or rich == {"text/plain"}:
            yield from (out.get("text") or out.data["text/plain"]).splitlines()


def tree(cell: nbformat.NotebookNode) -> ast.Module:
    return ast.parse(re.sub(r"^(\s*)[%!].*", r"\1pass", cell.source, flags=re.MULTILINE))


def bound_names(cell: nbformat.NotebookNode) -> set[str]:
    """Names that the cell binds at the top level of the page."""
    found: set[str] = set()

    def visit(node: ast.AST) -> None:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                found.add(node.name)
                return
            case ast.Lambda() | ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                return
            case ast.Import() | ast.ImportFrom():
                found.update((alias.asname or alias.name).split(".")[0] for alias in node.names)
            case ast.Name(ctx=ast.Store()):
                found.add(node.id)
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(tree(cell))
    return found


def used_names(cell: nbformat.NotebookNode) -> set[str]:
    return {n.id for n in ast.walk(tree(cell)) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def needs(cell: nbformat.NotebookNode) -> list[str]:
    """The frameworks without which a cell prints one line and goes on, by its tags."""
    return [tag.removeprefix("needs-") for tag in cell.metadata.get("tags", []) if tag.startswith("needs-")]


def test_there_are_pages():
    assert PAGES, "notebooks/ holds no page"


@each_page
def test_is_stored_in_the_settled_form(path):
    settled = notebooks.as_text(notebooks.settle(notebooks.read(path)))
    assert path.read_text(encoding="utf-8") == settled, f"saved by hand? `make notebooks ONLY={path.name}` settles it"


LIVE = "application/vnd.jupyter.widget-view+json"


def stream(text, name="stdout"):
    return {"output_type": "stream", "name": name, "text": text}


def dirty_cell(outputs, metadata, **more):
    return {"cell_type": "code", "source": "x", "execution_count": 3, "outputs": outputs, "metadata": metadata, **more}


def test_a_page_saved_by_hand_is_settled(tmp_path):
    """Timings, versions, live views and widgets' states go; what a reader sees, alt texts and tags stay."""
    shown = {"text/plain": "1", "image/png": "aGVsbG8=", LIVE: {"model_id": "ab", "version_major": 2}}
    result = {
        "output_type": "execute_result",
        "execution_count": 9,
        "data": shown,
        "metadata": {LIVE: {"a": 1}, "image/png": {"width": 5}},
        "transient": {"display_id": "7"},
    }
    display = {"output_type": "display_data", "data": dict(shown), "metadata": {"image/png": {"height": 2}}}
    page = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "kernelspec": {"display_name": "my own", "language": "python", "name": "mine"},
            "language_info": {"name": "python", "version": "3.11.4"},
            "widgets": {"application/vnd.jupyter.widget-state+json": {"state": {}}},
        },
        "cells": [
            {
                "cell_type": "markdown",
                "id": "one",
                "source": "words",
                "metadata": {"editable": True, "tags": []},
                "attachments": {},
            },
            dirty_cell(
                [
                    stream("a"),
                    stream("b\n"),
                    stream("!", "stderr"),
                    stream("?", "stderr"),
                    stream("c"),
                    result,
                    stream("d"),
                ],
                {
                    "alt": "a line",
                    "tags": ["solution"],
                    "jupyter": {"source_hidden": True},
                    "execution": {"t": "10:00"},
                },
                id="one",
            ),
            dirty_cell([display, stream("e")], {"collapsed": False, "scrolled": True, "trusted": True}, id="two"),
            dirty_cell([], {}),
        ],
    }
    (tmp_path / "page.ipynb").write_text(json.dumps(page), encoding="utf-8")
    settled = json.loads(notebooks.as_text(notebooks.settle(notebooks.read(tmp_path / "page.ipynb"))))
    assert notebooks.read(tmp_path / "page.ipynb") == notebooks.read(tmp_path / "page.ipynb")  # new ids are no chance
    ids = [cell.pop("id") for cell in settled["cells"]]
    assert (
        ids[0] == "one"
        and ids[2] == "two"
        and len(set(ids)) == 4
        and all(re.fullmatch(r"[\w-]+", name) for name in ids)
    )
    picture = {"text/plain": "1", "image/png": "aGVsbG8="}
    outputs = [
        [
            stream("ab\n"),
            stream("!?", "stderr"),
            stream("c"),
            {
                "output_type": "execute_result",
                "execution_count": 3,
                "data": picture,
                "metadata": {"image/png": {"width": 5}},
            },
            stream("d"),
        ],
        [{"output_type": "display_data", "data": picture, "metadata": {"image/png": {"height": 2}}}, stream("e")],
        [],
    ]
    for cell in settled["cells"]:
        for out in cell.get("outputs", []):
            out |= {"text": "".join(out["text"])} if "text" in out else {}
            for kind in out.get("data", {}):
                out["data"][kind] = "".join(out["data"][kind]).strip()
    metadata = [{}, {"alt": "a line", "tags": ["solution"], "jupyter": {"source_hidden": True}}, {}, {}]
    assert [cell["metadata"] for cell in settled["cells"]] == metadata
    assert [cell["outputs"] for cell in settled["cells"][1:]] == outputs
    assert "attachments" not in settled["cells"][0] and settled["cells"][0]["source"] == ["words"]
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    assert settled["metadata"] == {"kernelspec": kernel, "language_info": {"name": "python"}}
    again = tmp_path / "again.ipynb"
    again.write_text(notebooks.as_text(notebooks.settle(notebooks.read(tmp_path / "page.ipynb"))), encoding="utf-8")
    assert notebooks.is_settled(again) and not notebooks.is_settled(tmp_path / "page.ipynb")


@each_page
def test_was_run_in_order_from_a_fresh_kernel(path):
    counts = [cell.execution_count for _, cell in code_cells(path) if cell.source.strip()]
    assert counts == list(range(1, len(counts) + 1))


@each_page
def test_stores_no_error_and_no_warning(path):
    for position, cell in code_cells(path):
        for out in cell.outputs:
            assert out.output_type != "error", f"cell {position}: {out.ename}"
            assert out.get("name") != "stderr", f"cell {position} writes to stderr: {out.text}"


@each_page
def test_stores_nothing_that_changes_from_run_to_run(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\bat 0x[0-9a-fA-F]{6,}", text), "an object's address"
    assert not re.search("/(?:home|root|work|Users)/" + r"\w|/tmp/\w", text), "a machine's path"
    assert "widget-view" not in text and "widget-state" not in text
    assert "image/svg+xml" not in text, "figures are stored as PNG"
    assert len(text) < 1_500_000


@each_page
def test_every_picture_has_an_alt_text_of_one_sentence(path):
    for position, cell in code_cells(path):
        if any(kind.startswith("image/") for out in cell.outputs for kind in out.get("data", {})):
            alt = cell.metadata.get("alt", "")
            assert len(alt.split()) >= 4, f"cell {position} shows a picture and has no `alt`"
            assert alt.endswith((".", "!", "?")) and "\n" not in alt, f"cell {position}: not a sentence: {alt!r}"
    for position, text in prose(path):
        assert all(alt.strip() for alt in re.findall(r"!\[(.*?)\]\(", text)), f"cell {position}: picture without words"


@each_page
def test_code_is_short_and_text_is_not_outnumbered(path):
    kinds = [cell.cell_type for cell in load(path).cells if not (is_solution(cell) or is_predict(cell))]
    assert kinds.count("markdown") >= kinds.count("code"), f"{Counter(kinds)}, not counting solutions and predictions"
    for position, cell in code_cells(path):
        assert cell.source.strip(), f"cell {position} is empty"
        assert len(cell.source.splitlines()) <= 20, f"cell {position} is longer than 20 lines"


@each_page
def test_no_line_is_cut_off_beside_the_page(path):
    for position, cell in code_cells(path):
        for line in (*cell.source.splitlines(), *printed(cell)):  # folded solutions too: they are opened
            assert len(line) <= COLUMNS, f"cell {position}, {len(line)} columns: {line}"


def test_the_formatter_breaks_lines_where_the_pages_end():
    settings = tomllib.loads((ROOT / "notebooks" / ".ruff.toml").read_text(encoding="utf-8"))
    assert settings["line-length"] == COLUMNS


@each_page
def test_a_question_ends_its_text_and_its_answers_follow(path):
    cells = load(path).cells
    for position, cell in enumerate(cells):
        if cell.cell_type == "markdown" and "**Predict" in cell.source:
            assert "**Predict.** " in cell.source.split("\n\n")[-1], f"cell {position} goes on after its question"
            assert is_predict(cells[position + 1]), f"cell {position} asks, and offers no answers"
        if is_predict(cell):
            before = cells[position - 1]
            assert before.cell_type == "markdown" and "**Predict.**" in before.source, f"cell {position} asks nothing"


@each_page
def test_answers_are_a_few_short_texts_and_nothing_else(path):
    for position, cell in code_cells(path):
        if not is_predict(cell):
            continue
        assert cell.metadata.get("jupyter", {}).get("source_hidden") is True, f"cell {position} shows its call"
        call = ast.parse(cell.source, mode="eval").body
        assert isinstance(call, ast.Call) and ast.unparse(call.func) == "Predict", position
        assert {ast.unparse(keyword) for keyword in call.keywords} <= {"section=True"}, position
        answers = [ast.literal_eval(argument) for argument in call.args]
        assert len(answers) in (0, 2, 3, 4) and max(map(len, answers), default=0) <= 80, f"cell {position}: {answers}"
        assert [sorted(out.get("data", {})) for out in cell.outputs] == [["text/markdown", "text/plain"]], position


def takes_its_section(cell: nbformat.NotebookNode) -> bool:
    """Whether the answers open all that stands before the next heading or question, as `Predict` says."""
    return is_predict(cell) and "section=True" in cell.source


@each_page
def test_nothing_that_follows_a_question_in_its_section_can_be_read_before_an_answer(path):
    cells = load(path).cells
    for position in [k for k, cell in enumerate(cells) if takes_its_section(cell)]:
        for follows in cells[position + 1 :]:
            assert not is_predict(follows), f"cell {position}: the next question has no text"
            if follows.cell_type == "code":
                continue
            heading = re.search(r"^#{1,6} ", follows.source, re.MULTILINE)
            assert not (heading and heading.start()), f"cell {position}: text before a heading stays readable"
            if heading or "**Predict.**" in follows.source:
                break


@each_page
def test_a_prediction_opens_its_result_and_nothing_more(path):
    cells = load(path).cells
    for position, cell in enumerate(cells):
        if not is_predict(cell) or takes_its_section(cell):
            continue
        for result in cells[position + 1 :]:  # what `Predict` keeps out of sight
            assert not is_predict(result), f"cell {position}: the next question comes before an answer in words"
            if result.cell_type == "markdown":
                assert not re.search(r"^#{1,6} ", result.source, re.MULTILINE), f"cell {position} would hide a heading"
                assert "**Predict" not in result.source, f"cell {position} would hide the next question"
                if len(result.source) > SHORT or not result.source.endswith(":"):
                    break


@each_page
def test_code_uses_nothing_that_a_page_should_not(path):
    for position, cell in code_cells(path):
        assert not re.search(r"sys\.path|import \*|^\s*[!%]|^\s*pip |\bpickle\b", cell.source, re.MULTILINE), position
        assert not re.search(r"np\.random\.(?!default_rng|Generator)|(?<!\.)\beval\(", cell.source), position


@each_page
def test_has_one_title_and_headings_in_order(path):
    levels = [level for level, _ in headings(path)]
    assert levels[0] == 1 and levels.count(1) == 1, levels
    assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels)), headings(path)
    assert load(path).cells[0].cell_type == "markdown"


@each_page
def test_what_is_read_comes_before_what_is_imported(path):
    first = next(position for position, _ in code_cells(path))
    words = sum(len(text.split()) for position, text in prose(path) if position < first)
    assert words >= 60, f"{words} words before the first code; expected 60: promise, what is learned, what is needed"


def test_the_cover_says_what_to_press_before_there_is_anything_to_press():
    cover, words = PAGES[0], dict(prose(PAGES[0]))
    first = next(position for position, _ in code_cells(cover))
    assert "Run → Run All Cells" in " ".join(text for position, text in words.items() if position < first)
    assert "no running kernel" not in " ".join(words.values())  # JupyterLab says "Idle": the cell was not run


def test_the_cover_names_what_a_reader_may_meet():
    words = " ".join(text for _, text in prose(PAGES[0]))
    for message in ("Error displaying widget: model not found", "NameError", "ModuleNotFoundError"):
        assert message in words


@each_page
def test_links_lead_somewhere(path):
    for position, text in prose(path):
        for target in re.findall(r"\]\(\s*<?([^)\s>]+)>?[^)]*\)|(?:href|src)=[\"']([^\"']+)", text):
            file, _, fragment = unquote("".join(target)).partition("#")
            if re.match(r"[a-z]+:", file) or file.startswith("attachment:"):
                continue
            there = (path.parent / file).resolve() if file else path
            assert there.exists(), f"cell {position} links to {file}"
            assert there.is_relative_to(ROOT), f"cell {position} links out of the book: {file}"
            if fragment and there.suffix == ".ipynb":
                anchors = {anchor(heading) for _, heading in headings(there)}
                assert fragment in anchors, f"cell {position}: {there.name} has no heading #{fragment}"


@each_page
def test_solutions_are_hidden_until_asked_for(path):
    for position, cell in code_cells(path):
        if is_solution(cell):
            hidden = cell.metadata.get("jupyter", {}).get("source_hidden")
            assert hidden is True, f"cell {position} is a solution: set its metadata jupyter.source_hidden"


@each_page
def test_no_later_cell_uses_a_solution(path):
    from_solutions: set[str] = set()
    for position, cell in code_cells(path):
        if is_solution(cell):
            from_solutions |= bound_names(cell)
            continue
        needed = (used_names(cell) & from_solutions) - bound_names(cell)
        assert not needed, f"cell {position} uses {sorted(needed)}, which a solution before it bound"
        from_solutions -= bound_names(cell)


@each_page
def test_what_needs_a_framework_says_so_and_does_nothing_without_it(path):
    for position, cell in code_cells(path):
        asked = re.findall(r"frameworks\.optional\(\"(\w+)\"\)", cell.source)
        assert asked == needs(cell), f"cell {position} asks for {asked}, its tags say {needs(cell)}"
        if not asked:
            continue
        assert set(asked) <= set(frameworks.PACKAGES), f"cell {position}: {asked}"
        body = tree(cell).body
        assert len(body) == 1 and isinstance(body[0], ast.If) and not body[0].orelse, (
            f"cell {position}: everything in it belongs under `if {asked[0]} := frameworks.optional(…):`"
        )
        assert "frameworks.optional" in ast.unparse(body[0].test), f"cell {position}"
        said = "".join(out.get("text", "") for out in cell.outputs)
        assert "Skipped:" not in said, f"cell {position} was stored without {asked}"


@each_page
def test_no_cell_uses_a_framework_unless_it_needs_it_too(path):
    bound: dict[str, set[str]] = {}
    for position, cell in code_cells(path):
        own = bound_names(cell)
        for name in used_names(cell) - own:
            lacking = bound.get(name, set()) - set(needs(cell))
            assert not lacking, f"cell {position} uses {name}, which a cell that needs {sorted(lacking)} bound"
        bound |= {name: set(needs(cell)) for name in own}


def test_the_check_for_solutions_sees_what_it_should(monkeypatch):
    def page(*sources: tuple[str, bool]) -> nbformat.NotebookNode:
        new, tagged = nbformat.v4.new_code_cell, {"tags": ["solution"]}
        cells = [new(source, metadata=tagged if hidden else {}) for source, hidden in sources]
        return nbformat.v4.new_notebook(cells=cells)

    def verdict(*sources: tuple[str, bool]) -> bool:
        monkeypatch.setattr(f"{__name__}.load", lambda path: page(*sources))
        try:
            test_no_later_cell_uses_a_solution(Path())
        except AssertionError:
            return False
        return True

    assert verdict(("x = 1", False), ("y = [k for k in 'ab']", True), ("k = 2", False), ("print(x, k)", False))
    assert not verdict(("def f(): return 1", True), ("f()", False))
    assert not verdict(("x = 1", False), ("for x in range(3): pass", True), ("print(x)", False))
    assert verdict(("x = 1", True), ("x = 2", False), ("print(x)", False))
