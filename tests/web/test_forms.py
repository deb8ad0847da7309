"""What a form says when it is not filled in as it asks."""

import re
from typing import Any

import pytest
from django import forms

from traitdunion.lending.states import IncidentKind
from traitdunion.web.forms import Form, iso_date
from traitdunion.web.lending.forms import IncidentForm


class ChildForm(Form):
    born_on = iso_date("Date de naissance")
    class_name = forms.CharField(label="Classe")
    note = forms.CharField(label="Remarque", required=False)
    is_boarder = forms.BooleanField(label="Interne", required=False)


def _sentences(form: Form) -> list[str]:
    return [problem["sentence"] for problem in form.problems]


def test_each_empty_field_is_named_in_the_list_of_what_is_to_correct() -> None:
    form = ChildForm({})

    assert _sentences(form) == ["Date de naissance : à remplir", "Classe : à remplir"]
    assert all(problem["anchor"] in str(form) for problem in form.problems)


def test_a_wrong_value_is_told_with_the_name_of_its_field() -> None:
    (sentence,) = _sentences(ChildForm({"born_on": "hier", "class_name": "5e B"}))

    assert sentence.startswith("Date de naissance : ")


def test_what_is_wrong_with_the_whole_form_is_told_once() -> None:
    form = ChildForm({"born_on": "2009-05-04", "class_name": "5e B"})
    form.add_error(None, "Cette convention est close.")

    assert _sentences(form) == ["Cette convention est close."]
    assert "close" not in str(form)


def test_a_field_may_be_left_empty_and_says_so_but_a_box_to_tick_does_not() -> None:
    page = str(ChildForm())

    assert len(re.findall("ptionnel", page)) == 1
    assert re.search(r"Remarque\s*\(Optionnel", page)


@pytest.mark.parametrize(
    ("kind", "number", "is_right"),
    [
        (IncidentKind.STOLEN, "", False),
        (IncidentKind.STOLEN, "2020/4512", True),
        (IncidentKind.LOST, "", True),
        (IncidentKind.BROKEN, "", True),
    ],
)
def test_a_theft_is_declared_with_the_number_of_its_complaint(
    kind: str, number: str, is_right: bool
) -> None:
    asked: dict[str, Any] = {"serial": "TAB940001", "kind": kind, "complaint_number": number}
    form = IncidentForm(asked)

    assert form.is_valid() is is_right
    assert "ptionnel" not in str(form)
