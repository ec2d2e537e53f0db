"""What is promised to teachers: minutes as on the pages, a version without solutions, a scheme for marking."""

import itertools
import re
from copy import deepcopy
from functools import cache
from pathlib import Path

import nbformat
import pytest
import yaml

from tools import student

ROOT = Path(__file__).parents[1]
PAGES = sorted((ROOT / "notebooks").glob("*.ipynb"))
TEACHING = (ROOT / "docs" / "teaching.md").read_text(encoding="utf-8")


@cache
def read(path: Path) -> nbformat.NotebookNode:
    """A page, read once: whoever changes it takes a copy."""
    return nbformat.read(path, as_version=4)


def minutes() -> dict[str, int]:
    """The minutes that each chapter gives itself."""
    found = {}
    for path in PAGES:
        first = read(path).cells[0].source
        said = re.search(r"^\*\*Minutes\*\* (\d+)", first, re.MULTILINE)
        if said:
            found[path.name.split("_")[0]] = int(said[1])
    return found


def title(path: Path) -> str:
    """The title of a page."""
    return re.match(r"# (.+)", read(path).cells[0].source)[1].strip()


# --- the cover, whose rows the README copies


def test_the_covers_table_lists_every_chapter_in_order_with_its_title_and_minutes():
    cover = "\n".join(cell.source for cell in read(PAGES[0]).cells)
    rows = [row for row in cover.splitlines() if re.match(r"\| \w+ \| \[", row)]
    wanted = {path: f"| {path.stem.split('_')[0]} | [{title(path)}]({path.name}) | " for path in PAGES[1:]}
    missing = [start + "…? | minutes |" for start in wanted.values() if not any(row.startswith(start) for row in rows)]
    assert not missing, f"the table of chapters in notebooks/{PAGES[0].name} has no row such as {missing}"
    assert len(rows) == len(wanted), "the cover's table: one row for each chapter, and no other"
    for row, (path, start) in zip(rows, wanted.items(), strict=True):
        assert row.startswith(start), f"the cover's table: {row} stands where {path.name} belongs"
        number = path.stem.split("_")[0]
        assert row.endswith(f"| {minutes()[number]} |"), (
            f"the cover's table: {number} takes {minutes()[number]} minutes"
        )


# --- the course plan


def test_the_plan_lists_every_chapter_in_order_with_the_minutes_on_its_page():
    planned = re.findall(r"^\| (\d\d) \| (\d+) \|", TEACHING, re.MULTILINE)
    chapters = [(name, str(length)) for name, length in minutes().items() if name.isdigit()]
    missing, left = (dict(set(a) - set(b)) for a, b in ((chapters, planned), (planned, chapters)))
    assert planned == chapters, (
        f"the plan in docs/teaching.md needs, in order, a row `| chapter | minutes | … |` for {missing}; not for {left}"
    )


def test_the_minutes_of_a_part_are_the_sum_of_its_chapters():
    parts = re.split(r"^### ", TEACHING, flags=re.MULTILINE)[1:]
    assert len(parts) == 4
    for part in parts:
        total = sum(int(length) for length in re.findall(r"^\| \d\d \| (\d+) \|", part, re.MULTILINE))
        head = part.splitlines()[0]
        assert f"({total} minutes)" in head, f"docs/teaching.md: the rows below {head!r} add up to {total} minutes"


def test_the_appendix_has_the_minutes_of_its_page():
    assert f"Appendix B ({minutes()['B']} minutes)" in TEACHING


def test_assigned_exercises_exist():
    for name, exercises in re.findall(r"^\| (\d\d) \|.*\| ([^|]+) \|$", TEACHING, re.MULTILINE):
        (path,) = (path for path in PAGES if path.name.startswith(name))
        text = "\n".join(cell.source for cell in read(path).cells)
        for number in re.findall(r"\b([1-9])\b", exercises):
            assert re.search(rf"^\*\*{number}\. ", text, re.MULTILINE), f"chapter {name} has no exercise {number}"
        assert "long evening" not in exercises or "**For a long evening.**" in text


# --- the marking scheme

MARKING = (ROOT / "docs" / "marking.md").read_text(encoding="utf-8")
EXERCISE = re.compile(r"^\*\*((?:\d\. |For a long |Write a test )[^*]+)\*\*", re.MULTILINE)


def exercises_of(path: Path) -> list[str]:
    """The titles of a page's exercises, in order."""
    cells = read(path).cells
    return [name for cell in cells if cell.cell_type == "markdown" for name in EXERCISE.findall(cell.source)]


def scheme() -> dict[str, str]:
    """The part of the marking scheme for each chapter, by its number."""
    parts = re.split(r"^## (?=\d\d |[A-Z] )", MARKING, flags=re.MULTILINE)[1:]
    return {part.split()[0]: part for part in parts}


def test_every_exercise_is_in_the_marking_scheme_under_its_pages_title():
    with_exercises = {path.name.split("_")[0]: path for path in PAGES if exercises_of(path)}
    titles = {number: f"{number} {title(path)}" for number, path in with_exercises.items()}
    missing = [f"## {titles[number]}" for number in with_exercises if number not in scheme()]
    assert not missing, f"docs/marking.md has no section {missing}: write one, with an entry for each exercise"
    assert list(scheme()) == list(with_exercises), "docs/marking.md: its sections stand in the order of the pages"
    assert len(with_exercises) >= 20
    for number, path in with_exercises.items():
        part = scheme()[number]
        assert part.splitlines()[0] == titles[number], "docs/marking.md: its headings are the titles of the pages"
        assert EXERCISE.findall(part) == exercises_of(path), f"docs/marking.md: the exercises of chapter {number}"
        for one in re.split(r"^\*\*", part, flags=re.MULTILINE)[1:]:
            assert re.search(r"\*\* \d+ points, \d+ minutes\.", one)
            assert all(f"- *{kind}:* " in one for kind in ("Full", "Partial", "Empty", "Look for")), one


def test_chapters_with_a_heading_for_exercises_have_some():
    for path in PAGES:
        text = "\n".join(cell.source for cell in read(path).cells)
        count = len(exercises_of(path))
        assert count >= 3 or "\n## Exercises" not in f"\n{text}", (
            f"{path.name} has {count} exercises below its heading; expected three or more: `**1. Change a number.**` …"
        )


def test_the_marking_scheme_names_what_collecting_gives():
    for path in PAGES:
        page = read(path)
        (number, part) = path.name.split("_")[0], scheme().get(path.name.split("_")[0], "")
        at = next((k for k, cell in enumerate(page.cells) if EXERCISE.search(cell.source)), len(page.cells))
        asked = list(student.checked(nbformat.v4.new_notebook(cells=page.cells[at:])))
        assert re.findall(r"^- \*Collect:\* `(\w+)`", part, re.MULTILINE) == asked, f"chapter {number}"


def printed(path: Path) -> str:
    """What a page prints, on one line."""
    outputs = [out for cell in read(path).cells for out in cell.get("outputs", [])]
    return " ".join(" ".join(student.shown_text(out) for out in outputs).split())


def test_the_marking_scheme_quotes_what_an_untouched_cell_prints():
    quoted = {}
    for path in PAGES:
        part = scheme().get(path.name.split("_")[0], "")
        for entry in re.findall(r"^- \*Empty:\* (.+?)(?=^- |^\*\*|\Z)", part, re.MULTILINE | re.DOTALL):
            for quote in re.findall(r'"(.+?)"', " ".join(entry.split())):
                quoted[quote] = [words for words in quote.split(" … ") if words not in printed(path)]
    assert len(quoted) >= 15
    wrong = [quote for quote, missing in quoted.items() if missing]
    assert not wrong, f"docs/marking.md: no page prints {wrong}; quote the feedback that the page stores"


def test_the_feedback_shown_to_teachers_is_that_of_its_page():
    number, quote = re.search(r"This one is from chapter (\d\d):\n\n```\n(.+?)```", TEACHING, re.DOTALL).groups()
    (path,) = [path for path in PAGES if path.name.startswith(number)]
    assert " ".join(quote.split()) in printed(path), f"docs/teaching.md: chapter {number} prints other feedback"


def test_the_table_of_points_adds_up():
    rows = re.findall(r"^\| \[(\w+) .*\| (\d+) \| (\d+) \| (\d+) \| (.+) \|$", MARKING, re.MULTILINE)
    assert [row[0] for row in rows] == list(scheme()), "docs/marking.md: its table has a row for each of its sections"
    for number, many, points, length, collected in rows:
        found = re.findall(r"\*\* (\d+) points, (\d+) minutes\.", scheme()[number])
        sums = (len(found), *(sum(map(int, one)) for one in zip(*found, strict=True)))
        assert (int(many), int(points), int(length)) == sums, (
            f"docs/marking.md: the row of {number} says {many}, {points}, {length}; its section adds up to {sums}"
        )
        assert re.findall(r"`(\w+)`", collected) == re.findall(r"\*Collect:\* `(\w+)`", scheme()[number])
    total = re.search(r"^(\d+) exercises, (\d+) points; (\d+) of them have a row", MARKING, re.MULTILINE)
    named = len(re.findall(r"\*Collect:\*", MARKING)) - MARKING.split("\n## 01")[0].count("*Collect:*")
    sums = [sum(int(r[1]) for r in rows), sum(int(r[2]) for r in rows), named]
    assert [int(one) for one in total.groups()] == sums, (
        f"docs/marking.md: {total[0]!r} below its table; expected {sums}"
    )


# --- the version without solutions


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_without_solutions_all_else_stays_as_it_is(path):
    whole = read(path)
    before = deepcopy(whole)
    stripped = student.without_solutions(whole)
    kept = [cell for cell in whole.cells if "solution" not in cell.metadata.get("tags", [])]
    assert [cell.id for cell in stripped.cells] == [cell.id for cell in kept]
    assert [cell.source for cell in stripped.cells] == [cell.source for cell in kept]
    assert "Solution: click" not in nbformat.writes(stripped)
    assert sum(len(cell.get("outputs", [])) for cell in stripped.cells) == sum(len(c.get("outputs", [])) for c in kept)
    checks = [cell.source.count(".check(") for cell in stripped.cells if cell.cell_type == "code"]
    assert sum(checks) == sum(cell.source.count(".check(") for cell in kept if cell.cell_type == "code")
    counts = [cell.execution_count for cell in stripped.cells if cell.cell_type == "code"]
    assert counts == list(range(1, len(counts) + 1))
    for cell in stripped.cells:
        for out in cell.get("outputs", []):
            assert out.get("execution_count", cell.get("execution_count")) == cell.get("execution_count")
    assert whole == before, "the original was changed"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_no_page_promises_a_student_what_is_not_there(path):
    page = student.without_solutions(read(path))
    before = [(cell.id, cell.cell_type) for cell in page.cells]
    assert student.in_students_words(page, path.name) == []
    assert [(cell.id, cell.cell_type) for cell in page.cells] == before
    text = "\n".join(cell.source for cell in page.cells)
    for word in ("solution below", "folded", "`make", "tools/", "git checkout", "web edition", "book's tests"):
        assert word not in text
    for change in student.WORDS:
        if path.name.startswith(change["page"]):
            assert change["book"] not in text and change["student"] in text


def test_every_change_of_words_is_for_a_page_and_they_are_needed(monkeypatch):
    names = [path.name for path in PAGES]
    assert all(sum(name.startswith(change["page"]) for name in names) == 1 for change in student.WORDS)
    monkeypatch.setattr(student, "WORDS", [])
    told = [student.in_students_words(student.without_solutions(read(p)), p.name) for p in PAGES]
    promised = " ".join(one for page in told for one in page)
    for wanted in ("The solution below", "make lab", "folded", "git checkout", "tools/measure_lags.py", "make bench"):
        assert wanted in promised


def test_handing_out_refuses_words_that_are_gone_and_new_promises(monkeypatch, tmp_path):
    gone = {"page": "03", "book": "no such sentence", "student": ""}
    monkeypatch.setattr(student, "WORDS", [*student.WORDS, gone])
    with pytest.raises(
        SystemExit, match=r"03_open_the_gates\.ipynb: these words stand there 0 times.*no such sentence"
    ):
        student.hand_out(tmp_path / "student")
    assert not (tmp_path / "student").exists()
    new = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell("It is in `tools/x.py`; see the solution below.")]
    )
    assert ["promises" in one for one in student.in_students_words(new, "99_new.ipynb")] == [True]


def test_what_the_pages_say_of_the_readme_is_in_the_students_readme():
    cover = read(PAGES[0])
    assert "README" in " ".join(cell.source for cell in cover.cells)
    assert "## When something fails" in student.READ_ME and "kernel" in student.READ_ME


def test_what_is_handed_out_installs_itself(tmp_path, monkeypatch):
    out, wheel = tmp_path / "student", tmp_path / "student" / "lstm_helpers-1.2.3-py3-none-any.whl"
    monkeypatch.setattr(student.release, "build", lambda folder, kind: folder / wheel.name)
    student.hand_out(out)
    assert sorted(path.name for path in (out / "notebooks").iterdir()) == [path.name for path in PAGES]
    packages = yaml.safe_load((out / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    assert f"./{wheel.name}" in packages[-1]["pip"] and "-e ." not in packages[-1]["pip"]
    assert wheel.name in (out / "README.md").read_text(encoding="utf-8")
    for path in (out / "notebooks").iterdir():
        assert '"solution"' not in path.read_text(encoding="utf-8"), "its tag"


def test_a_page_that_rests_on_a_solution_is_told_and_others_run_where_they_are(tmp_path, capsys):
    new = nbformat.v4.new_code_cell
    cells = [new("answer = 42", metadata={"tags": ["solution"]}), new("print(answer)")]
    broken = student.without_solutions(nbformat.v4.new_notebook(cells=cells))
    nbformat.write(broken, tmp_path / "01_page.ipynb")
    right = new("from pathlib import Path\nassert Path('02_page.ipynb').is_file()")
    nbformat.write(nbformat.v4.new_notebook(cells=[right]), tmp_path / "02_page.ipynb")
    assert student.run_all(tmp_path, []) == 1
    said = capsys.readouterr().out
    assert "01_page.ipynb: FAILED" in said and "02_page.ipynb: runs" in said


def handed_in(*answers: tuple[str, str | None]) -> nbformat.NotebookNode:
    new = nbformat.v4
    cells = []
    for source, said in answers:
        outputs = [new.new_output("execute_result", {"text/plain": said})] if said is not None else []
        cells.append(new.new_code_cell(source, outputs=outputs))
    return new.new_notebook(cells=cells)


def test_collecting_tells_passed_from_not_passed_from_not_run(tmp_path):
    ada = handed_in(
        ("exercises.clip.check(clip)", "Not yet. Case 1"), ("exercises.clip.check(clip)", "Right. All agree.")
    )
    alan = handed_in(("exercises.clip.check(clip)", "Not yet. Case 1"), ("v = exercises.gated.check(gated)", None))
    for name, notebook in (("ada", ada), ("alan", alan)):
        (tmp_path / name).mkdir()
        nbformat.write(notebook, tmp_path / name / "page.ipynb")
    (tmp_path / "alan" / "broken.ipynb").write_text("{", encoding="utf-8")
    rows = [(row["file"].replace("\\", "/"), row["exercise"], row["verdict"]) for row in student.collected(tmp_path)]
    assert rows[0] == ("ada/page.ipynb", "clip", "passed")
    assert rows[1][2].startswith("not readable")
    assert rows[2:] == [("alan/page.ipynb", "clip", "not passed"), ("alan/page.ipynb", "gated", "not run")]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_of_several_checks_of_one_exercise_the_best_counts_in_any_order(order):
    ways = [(None, "not run"), ("Not yet. Case 1", "not passed"), ("Right. All agree.", "passed")]
    for most in (1, 2, 3):
        page = handed_in(*[("exercises.clip.check(clip)", ways[k][0]) for k in order if k < most])
        assert student.checked(page) == {"clip": ways[most - 1][1]}


def test_a_right_answers_message_is_what_collecting_looks_for():
    from lstm_helpers import exercises

    assert repr(exercises.gated.check(exercises.gated.right)).startswith("Right.")
    assert repr(exercises.gated.check(lambda value, logit: value)).startswith("Not yet.")


def test_collecting_sees_the_checks_that_the_pages_have():
    found = [name for path in PAGES for name in student.checked(read(path))]
    sources = (cell.source for path in PAGES for cell in read(path).cells)
    named = {name for source in sources for name in re.findall(r"exercises\.(\w+)\.check\(", source)}
    assert set(found) == named and len(named) > 10
