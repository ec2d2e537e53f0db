"""Answers to a question: the result below opens once the reader has chosen one."""

from __future__ import annotations

import os

import traitlets

from lstm_helpers.widgets import rerun
from lstm_helpers.widgets.base import VIEW, Bundle, HouseWidget
from lstm_helpers.widgets.scripts import script, style

MOST = 5  # answers
ALL_OPEN = os.environ.get("PREDICT") == "open"  # for showing or checking a page without choosing


class Predict(HouseWidget):
    """Offer answers to a question, and hide the result until the reader has chosen one.

    The question is in the text cell above. The widget hides the code cells that follow directly, their outputs, and the
    text cell after them unless it begins with a heading. If that text is a short line that ends with a colon, such as
    "In numbers:", the widget also hides the cells that it introduces. Where more of the page would give the answer
    away, ``section=True`` hides everything up to the next heading or question. Nothing is hidden on paper or where no
    script runs, and a cell that failed is always shown. The choice is not stored: a page that is opened again asks
    again, but a cell that is run again in the same kernel does not. With ``PREDICT=open`` in the environment of the
    kernel, nothing is hidden.

    Parameters
    ----------
    *answers : str
        Two to five answers, in the order in which they are offered. Without any, a button shows the result.
    section : bool
        Whether the result reaches to the next heading or question.

    Raises
    ------
    ValueError
        If there is one answer or more than five, or an answer is empty, not a string, or given twice.
    traitlets.TraitError
        If ``answer`` is set to a text that is not offered.

    Examples
    --------
    >>> Predict("about 0.9", "about 0.35", "almost nothing")
    Predict('about 0.9', 'about 0.35', 'almost nothing')
    """

    _esm = script("predict.js")
    _css = style("common.css", "predict.css")
    answer = traitlets.Unicode("").tag(sync=True)  # the chosen answer; "" before that
    opened = traitlets.Bool(False).tag(sync=True)  # whether the result is shown
    _answers = traitlets.List(traitlets.Unicode()).tag(sync=True)
    _section = traitlets.Bool(False).tag(sync=True)  # whether the result reaches to the next heading or question

    def __init__(self, *answers: str, section: bool = False, **kwargs: object) -> None:
        if not all(isinstance(one, str) and one.strip() for one in answers):
            raise ValueError(f'answers is {answers!r}; expected texts, such as Predict("it grows", "it shrinks")')
        if len(set(answers)) < len(answers):
            raise ValueError(f"answers is {answers!r}; one of them is given twice")
        if len(answers) == 1 or len(answers) > MOST:
            raise ValueError(f"answers has {len(answers)} texts; expected two to {MOST}, or none for only a button")
        before = [one for one in rerun.earlier() if isinstance(one, Predict) and one._answers == list(answers)]
        chosen = {"answer": before[-1].answer, "opened": before[-1].opened} if before else {"opened": ALL_OPEN}
        super().__init__(**{"_answers": list(answers), "_section": section, **chosen, **kwargs})

    def __repr__(self) -> str:
        """Write the call: the offered answers, but not the chosen one."""
        return f"Predict({', '.join([*map(repr, self._answers), *(['section=True'] if self._section else [])])})"

    @traitlets.validate("answer")
    def _check_answer(self, proposal: traitlets.Bunch) -> str:
        if proposal["value"] not in ("", *self._answers):
            raise traitlets.TraitError(f"answer is {proposal['value']!r}; expected one of {self._answers}")
        return str(proposal["value"])

    def _repr_mimebundle_(self, **kwargs: dict[str, object]) -> tuple[Bundle, Bundle]:
        """Offer the live view, and the answers as text."""
        rerun.remember(self)
        data, metadata = super(HouseWidget, self)._repr_mimebundle_(**kwargs) or ({}, {})
        listed = "\n".join(f"- {one}" for one in self._answers) or "*(Decide before you read on.)*"
        return {VIEW: data[VIEW], "text/plain": repr(self), "text/markdown": listed}, metadata
