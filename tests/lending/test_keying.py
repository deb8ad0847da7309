"""The pile of paper, keyed back in the evening; the pack, printed in the morning."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from tests.lending.scene import AT, Scene
from traitdunion.base.actors import ROBOT
from traitdunion.journal.models import Event
from traitdunion.lending import operations as lending
from traitdunion.lending import queries
from traitdunion.lending.models import Agreement
from traitdunion.lending.operations import Answer, Keyed

URL = "https://plan.example.org"


def key(scene: Scene, *lines: Keyed) -> list[Answer]:
    return lending.key_back(
        relay=scene.school, lines=lines, on=AT.date(), seen_again_on=None, by=ROBOT, at=AT
    )


def states() -> dict[str, str]:
    return dict(Agreement.objects.values_list("number", "state"))


def pages(pdf: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]


def pack(scene: Scene) -> bytes:
    return lending.print_pack(relay=scene.school, plan=scene.plan, public_url=URL, by=ROBOT, at=AT)


def test_a_pile_is_keyed_with_every_ending_that_the_gate_knows(scene: Scene) -> None:
    tablets, (amina, issa, zoe) = scene.stock(2), scene.prepare()

    key(
        scene,
        Keyed(amina.number, "signe", (tablets[0].serial,)),
        Keyed(issa.number, "plus-tard", (tablets[1].serial,)),
        Keyed(zoe.number, "absent"),
    )

    assert states() == {amina.number: "SIGNED", issa.number: "TO_SIGN", zoe.number: "ABSENT"}


def test_a_line_that_is_wrong_stops_no_other_and_says_why(scene: Scene) -> None:
    (tablet,), (amina, issa, zoe) = scene.stock(), scene.prepare()

    answers = key(
        scene,
        Keyed(amina.number, "signe", ("INCONNU1",)),
        Keyed(issa.number, "signe", (tablet.serial,)),
        Keyed(zoe.number, "signe"),
    )

    assert [bool(answer.problem) for answer in answers] == [True, False, True]
    assert "INCONNU1" in answers[0].problem and "scannez" in answers[2].problem
    assert states()[issa.number] == "SIGNED"


def test_a_line_without_an_ending_is_not_guessed(scene: Scene) -> None:
    (tablet,), (amina, *_) = scene.stock(), scene.prepare()

    (answer,) = key(scene, Keyed(amina.number, "", (tablet.serial,)))

    assert "choisissez la suite" in answer.problem
    assert states()[amina.number] == "PREPARED"


def test_a_number_of_another_school_is_a_number_that_does_not_exist(scene: Scene) -> None:
    amina, *_ = scene.prepare()

    (answer,) = lending.key_back(
        relay=scene.other_school, lines=[Keyed(amina.number, "absent")], on=None,
        seen_again_on=None, by=ROBOT, at=AT,
    )  # fmt: skip

    assert "Aucune convention" in answer.problem
    assert states()[amina.number] == "PREPARED"


def test_one_visit_finds_the_children_of_one_household(scene: Scene) -> None:
    amina, issa, _zoe = scene.prepare()

    with_her = queries.household_agreements(queries.agreement(amina.number, scene.school.pk))

    assert [one.number for one in with_her] == [issa.number]


def test_a_pack_is_a_list_and_a_page_a_child_in_the_order_of_the_classes(scene: Scene) -> None:
    scene.prepare()

    read = pages(pack(scene))

    assert len(read) == 4
    assert "Fatou Traoré" in read[0] and "foyer A" in read[0]
    assert ["Issa" in read[1], "Zoé" in read[2], "Amina" in read[3]] == [True, True, True]
    assert "Préfecture du Val-de-Marne (propriétaire) qui en répond" in read[1]


def test_a_4g_key_is_written_as_it_is_said(scene: Scene) -> None:
    Agreement.objects.filter(pk__in=[one.pk for one in scene.prepare()]).update(kind="both")

    read = pages(pack(scene))

    assert "Tablette et clé 4G" in read[0] and "Clé 4G" in read[1] and "20 Go" in read[1]


def test_printing_names_leaves_a_trace_of_each_and_no_name_in_the_journal(scene: Scene) -> None:
    scene.prepare()

    pack(scene)

    read = Event.objects.filter(verb="people.file_read").values_list("subject_id", flat=True)
    assert set(read) == {str(award.person_id) for award in scene.awards}
    everything = " ".join(str(event.facts) for event in Event.objects.all())
    assert not any(name in everything for name in ("Amina", "Traor", "Zoé"))


def test_a_relay_without_an_award_prints_a_list_that_says_so(scene: Scene) -> None:
    pdf = lending.print_pack(
        relay=scene.other_school, plan=scene.plan, public_url=URL, by=ROBOT, at=AT
    )

    assert "Aucun prêt n’attend" in pages(pdf)[0]


def test_an_agreement_printed_after_the_hand_over_bears_the_serial(scene: Scene) -> None:
    (tablet,), (amina, *_) = scene.stock(), scene.prepare()
    scene.lend(amina, tablet)
    lent = queries.agreement(amina.number, scene.school.pk)

    pdf = lending.print_agreements(
        agreements=[lent], plan=scene.plan, public_url=URL, by=ROBOT, at=AT
    )

    assert tablet.serial in pages(pdf)[0]


def test_labels_of_an_empty_cupboard_are_refused_in_words(scene: Scene) -> None:
    with pytest.raises(lending.NothingToPrint, match="stock"):
        lending.print_labels(holder=scene.school, by=ROBOT, at=AT)


def test_labels_of_a_cupboard_bear_every_serial(scene: Scene) -> None:
    tablets = scene.stock(3)

    read = pages(lending.print_labels(holder=scene.school, by=ROBOT, at=AT))

    assert all(tablet.serial in read[0] for tablet in tablets)


def test_a_transfer_travels_with_its_note(scene: Scene) -> None:
    (tablet,) = scene.stock(holder=scene.prefecture)
    sent = lending.transfer(
        serials=[tablet.serial], sender=scene.prefecture, receiver=scene.school, by=ROBOT, at=AT
    )

    read = pages(lending.print_delivery(transfer=sent, by=ROBOT, at=AT))

    assert tablet.serial in read[0] and sent.number in read[0]
