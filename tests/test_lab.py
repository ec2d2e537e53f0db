"""What the server's extension does to a notebook on its way between the file and the browser."""

import asyncio
import copy
import logging
import types

import pytest
from ipykernel.ipkernel import IPythonKernel

from lstm_helpers import lab

VIEW = {"version_major": 2, "version_minor": 0, "model_id": "ab"}
PICTURE = {"image/png": "aGk=", "text/plain": "GateSliders(…)"}


def notebook(*outputs: dict) -> dict:
    cells = [{"cell_type": "markdown", "source": "words", "metadata": {}}]
    cells += [{"cell_type": "code", "source": "", "metadata": {}, "outputs": list(outputs)}]
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    return {"cells": cells, "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}}}


def display(*, view: bool = True, picture: bool = True) -> dict:
    data = {**(PICTURE if picture else {"text/plain": "HBox()"}), **({lab.LIVE_VIEW: VIEW} if view else {})}
    return {"output_type": "display_data", "data": data, "metadata": {"image/png": {"width": 3}}}


def stored(out: dict, kernel: str = "k") -> dict:
    page = notebook(copy.deepcopy(out))
    lab.before_saving(page, kernel)
    return page


def test_the_stored_kernel_version_is_the_kernels():
    assert lab.LANGUAGE == IPythonKernel.language_info


def test_a_view_with_a_picture_is_not_stored():
    (out,) = stored(display())["cells"][1]["outputs"]
    assert out["data"] == PICTURE


def test_a_view_comes_back_while_its_kernel_runs():
    page = stored(display())
    lab.after_reading(page, "k")
    assert page["cells"][1]["outputs"] == [display()]


@pytest.mark.parametrize("kernel", ["", "another"])
def test_without_its_kernel_the_picture_is_shown(kernel):
    page = stored(display())
    lab.after_reading(page, kernel)
    assert page["cells"][1]["outputs"] == [display(view=False)]


def test_a_view_that_was_stored_elsewhere_is_not_shown():
    page = notebook(display())
    lab.after_reading(page, "k")
    assert page["cells"][1]["outputs"] == [display(view=False)]


def test_words_to_read_are_as_good_as_a_picture():
    out = display(picture=False)
    out["data"] |= {"text/plain": "Predict('a')", "text/markdown": "- a"}
    page = stored(out)
    assert lab.LIVE_VIEW not in page["cells"][1]["outputs"][0]["data"]
    lab.after_reading(page, "k")
    assert page["cells"][1]["outputs"] == [out]


def test_a_question_that_was_not_run_says_that_its_result_is_not_hidden_yet():
    out = display(picture=False)
    out["data"] |= {"text/plain": "Predict('a', 'b')", "text/markdown": "- a\n- b"}
    page = stored(out)
    kept = copy.deepcopy(page)
    lab.after_reading(page, "another")
    (read,) = page["cells"][1]["outputs"]
    assert read["data"]["text/markdown"].startswith("*Run all cells") and read["data"]["text/markdown"].endswith("- b")
    lab.before_saving(page, "another")
    assert page["cells"][1]["outputs"][0]["data"] == kept["cells"][1]["outputs"][0]["data"], "the note was stored"
    lab.after_reading(kept, "k")
    assert "Run all" not in kept["cells"][1]["outputs"][0]["data"]["text/markdown"], "its kernel runs"


def test_a_view_without_a_picture_is_left_alone():
    page = stored(display(picture=False))
    lab.after_reading(page)
    assert page["cells"][1]["outputs"] == [display(picture=False)]


def test_other_outputs_and_other_languages_are_left_alone():
    outputs = ({"output_type": "stream", "name": "stdout", "text": "hi"}, {"output_type": "error", "ename": "E"})
    page = notebook(*outputs)
    page["metadata"]["kernelspec"]["name"] = "ir"
    before = copy.deepcopy(page)
    lab.before_saving(page, "k")
    lab.after_reading(page, "k")
    assert page == before


class Server:
    """A server as far as it matters here, with a file and a session."""

    def __init__(self, page, sessions):
        self.file, self.contents_manager, self.session_manager = page, types.SimpleNamespace(), self
        self.contents_manager.get, self.contents_manager.save = self.get, self.save
        self.sessions, self.log = sessions, logging.getLogger("server")
        lab._load_jupyter_server_extension(self)

    async def get(self, path, content=True):
        model = {"type": "notebook", "path": path}
        return {**model, "content": copy.deepcopy(self.file)} if content else {**model, "content": None}

    async def save(self, model, path=""):
        self.file = model["content"]
        return {"path": path}

    async def list_sessions(self):
        if self.sessions is None:
            raise RuntimeError("no sessions")
        return self.sessions


def test_between_a_file_and_a_browser():
    server = Server(notebook(), [{"path": "a/b.ipynb", "kernel": {"id": "k"}}])
    contents, page = server.contents_manager, notebook(display())
    asyncio.run(contents.save({"type": "notebook", "content": copy.deepcopy(page)}, "/a/b.ipynb"))
    assert lab.LIVE_VIEW not in server.file["cells"][1]["outputs"][0]["data"]
    assert asyncio.run(contents.get("a/b.ipynb"))["content"]["cells"] == page["cells"]
    assert asyncio.run(contents.get("a/c.ipynb"))["content"]["cells"] == notebook(display(view=False))["cells"]
    assert asyncio.run(contents.get("a/b.ipynb", content=False))["content"] is None


def test_what_fails_here_keeps_nobody_from_saving_or_reading(caplog):
    server = Server(notebook(), None)
    page = notebook(display())
    asyncio.run(server.contents_manager.save({"type": "notebook", "content": page}, "a.ipynb"))
    assert server.file == page
    assert asyncio.run(server.contents_manager.get("a.ipynb"))["content"] == page
    server.file = {"cells": "broken"}
    assert asyncio.run(server.contents_manager.get("a.ipynb"))["content"] == {"cells": "broken"}
    assert "a.ipynb stays as it is" in caplog.text


def test_a_manager_that_cannot_wait_stores_pictures():
    hooks = []
    contents = types.SimpleNamespace(get=lambda: None, save=lambda: None, register_pre_save_hook=hooks.append)
    lab._load_jupyter_server_extension(types.SimpleNamespace(contents_manager=contents))
    page = notebook(display())
    for model in ({"type": "notebook", "content": page}, {"type": "file", "content": "text"}):
        hooks[0](model=model, path="a", contents_manager=contents)
    assert page["cells"][1]["outputs"] == [display(view=False)]


@pytest.mark.parametrize(
    ("tags", "folded", "kept"), [(["solution"], True, True), (["solution"], False, None), ([], True, None)]
)
def test_a_solution_that_ran_is_stored_folded_as_long_as_its_code_is(tags, folded, kept):
    page = notebook(display(view=False))
    page["cells"][1]["metadata"] = {"tags": tags, "jupyter": {"source_hidden": True} if folded else {}}
    lab.before_saving(page, "k")
    assert page["cells"][1]["metadata"]["jupyter"].get("outputs_hidden") is kept
