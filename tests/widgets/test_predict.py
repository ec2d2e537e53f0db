"""Answers to choose from: the offered answers, the stored text, errors, and a cell that is run again."""

import re

import pytest
import traitlets

from lstm_helpers.widgets import Predict
from lstm_helpers.widgets.base import VIEW
from tests.widgets.test_rerun import shell  # noqa: F401  (a fixture)


def test_answers_are_offered_in_order_and_none_is_chosen():
    asked = Predict("it grows", "it shrinks", "it stays")
    assert asked._answers == ["it grows", "it shrinks", "it stays"]
    assert (asked.answer, asked.opened) == ("", False)
    assert Predict()._answers == []


def test_the_stored_text_has_the_answers_and_not_the_choice():
    asked = Predict("it grows", "it shrinks")
    before, _ = asked._repr_mimebundle_()
    asked.answer, asked.opened = "it grows", True
    after, _ = asked._repr_mimebundle_()
    assert set(before) == {VIEW, "text/plain", "text/markdown"}
    assert before["text/plain"] == after["text/plain"] == "Predict('it grows', 'it shrinks')"
    assert before["text/markdown"] == after["text/markdown"] == "- it grows\n- it shrinks"
    assert Predict()._repr_mimebundle_()[0]["text/markdown"] == "*(Decide before you read on.)*"


def test_a_result_that_reaches_to_the_next_heading_is_said_in_the_stored_text():
    asked = Predict("it grows", "it shrinks", section=True)
    assert asked._section and not Predict("it grows", "it shrinks")._section
    assert repr(asked) == "Predict('it grows', 'it shrinks', section=True)"
    assert repr(Predict(section=True)) == "Predict(section=True)"
    assert asked._repr_mimebundle_()[0]["text/markdown"] == "- it grows\n- it shrinks"


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (("yes",), "answers has 1 texts; expected two to 5, or none"),
        (tuple("abcdef"), "answers has 6 texts"),
        (("yes", "yes"), "twice"),
        (("yes", " "), "expected texts"),
        ((1, 2), r"answers is \(1, 2\); expected texts"),
        ((["yes", "no"],), "expected texts"),
    ],
)
def test_invalid_answers_are_refused(answers, said):
    with pytest.raises(ValueError, match=said):
        Predict(*answers)


def test_only_an_offered_answer_can_be_chosen():
    asked = Predict("yes", "no")
    with pytest.raises(traitlets.TraitError, match=re.escape("answer is 'perhaps'; expected one of ['yes', 'no']")):
        asked.answer = "perhaps"


def test_a_cell_that_is_run_again_does_not_ask_again(shell):  # noqa: F811
    def ask(*answers):
        return lambda: Predict(*answers)

    (first,) = shell.run("a", ask("yes", "no"))
    first.answer, first.opened = "no", True
    (again,) = shell.run("a", ask("yes", "no"))
    assert (again.answer, again.opened) == ("no", True)
    (another,) = shell.run("a", ask("yes", "no", "perhaps"))
    assert not another.opened
    (elsewhere,) = shell.run("b", ask("yes", "no"))
    assert not elsewhere.opened
    (alone,) = shell.run(None, ask("yes", "no"))
    assert not alone.opened


def test_nothing_is_hidden_where_the_environment_says_so(monkeypatch):
    monkeypatch.setattr("lstm_helpers.widgets.predict.ALL_OPEN", True)
    assert Predict("yes", "no").opened and Predict("yes", "no").answer == ""
    assert not Predict("yes", "no", opened=False).opened
