"""The money by its pages: who decides, what is typed, what waits, what is refused and why."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.budget.conftest import AT, EUROS, PLAN_FILE
from traitdunion.base.actors import ROBOT
from traitdunion.budget import operations, queries
from traitdunion.budget.models import (
    Commitment,
    Envelope,
    Movement,
    PaymentRequest,
    SignatureRequest,
    SigningDelegation,
)
from traitdunion.partners import operations as partners
from traitdunion.partners.models import Organisation, User
from traitdunion.partners.states import Kind, Role
from traitdunion.programme import operations as programmes
from traitdunion.programme import queries as plans
from traitdunion.programme.models import Source, Strand

pytestmark = pytest.mark.django_db
WHO: dict[str, Any] = {"by": ROBOT, "at": AT}
LATER = datetime(2020, 7, 1, 9, tzinfo=UTC)
NEXT_YEAR = datetime(2021, 1, 8, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _spring_2020(settings: Any) -> None:
    settings.TRAITDUNION_NOW = AT


@pytest.fixture
def prefecture() -> Organisation:
    programmes.load(toml=PLAN_FILE.read_text(), **WHO)
    return organisation(Kind.PREFECTURE, "Préfecture")


def organisation(kind: str, name: str) -> Organisation:
    return partners.create_organisation(kind=kind, name=name, identifiers={}, **WHO)


def sit(name: str, of: Organisation, role: str = Role.MANAGER) -> Client:
    user = User.objects.create(email=f"{name}@example.org", full_name=name.title())
    partners.seat(user=user, organisation=of, role=role, **WHO)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def alice(prefecture: Organisation) -> Client:
    return sit("alice", prefecture)


@pytest.fixture
def samir(prefecture: Organisation) -> Client:
    return sit("samir", prefecture, Role.MEMBER)


def open_for(holder: Organisation, euros: int = 10_000, **facts: Any) -> Envelope:
    told = {"source": Source.objects.get(name="plan"), "year": 2020} | facts
    return operations.open_envelope(
        strand=Strand.objects.get(code="equipment"),
        holder=holder,
        label=f"Crédits — {holder.name}",
        amount_cents=euros * EUROS,
        **told,
        **WHO,
    )


@pytest.fixture
def envelope(prefecture: Organisation) -> Envelope:
    return open_for(prefecture)


def commit(envelope: Envelope, euros: int, **facts: Any) -> Commitment:
    told = {"label": "Coques", "reference": "DEV-1"} | facts
    return operations.commit(envelope=envelope, amount_cents=euros * EUROS, **told, **WHO)


def ask(commitment: Commitment, euros: int, counted_from: date) -> PaymentRequest:
    return operations.request_payment(
        commitment=commitment,
        amount_cents=euros * EUROS,
        counted_from=counted_from,
        plan=plans.plan(plans.current()),
        **WHO,
    )


def engaging(**typed: str) -> dict[str, str]:
    asked = {"label": "Housses", "reference": "DEV-2", "amount": "100", "spending": "other"}
    return asked | typed


def page(client: Client, name: str, *names: Any, **asked: Any) -> str:
    return client.get(reverse(f"budget:{name}", args=names), asked).content.decode()


def send(client: Client, name: str, *names: Any, **typed: Any) -> str:
    """Post a form; what the page says afterwards."""
    answer = client.post(reverse(f"budget:{name}", args=names), typed, follow=True)
    return answer.content.decode()


# --- What is typed


@pytest.mark.parametrize(
    "typed", ["1 234,56", "1.234,56", "1234.56", "1234,56 €", "1\u202f234,56"]
)
def test_an_amount_is_understood_as_it_is_usually_typed(
    alice: Client, envelope: Envelope, typed: str
) -> None:
    send(alice, "engage", envelope.pk, **engaging(amount=typed))

    assert Commitment.objects.get().amount_cents == 123_456


@pytest.mark.parametrize("typed", ["1e9", "", "12,345", "1.234", "\u22125", "-5", "0", "beaucoup"])
def test_a_doubtful_amount_is_refused_in_a_sentence_and_nothing_typed_is_lost(
    alice: Client, envelope: Envelope, typed: str
) -> None:
    shown = send(alice, "engage", envelope.pk, **engaging(amount=typed))

    assert not Commitment.objects.exists()
    assert "À corriger" in shown and 'value="Housses"' in shown


def test_more_than_the_envelope_holds_is_refused_with_what_is_left(
    alice: Client, envelope: Envelope
) -> None:
    shown = send(alice, "engage", envelope.pk, **engaging(amount="10 000,01"))

    assert "Il reste 10\u202f000,00" in shown
    assert not Commitment.objects.exists()


# --- Who signs


def test_a_member_without_delegation_asks_and_nothing_is_taken_before_the_signature(
    samir: Client, alice: Client, envelope: Envelope
) -> None:
    shown = send(samir, "engage", envelope.pk, **engaging())
    envelope.refresh_from_db()
    before = envelope.committed_cents
    request = SignatureRequest.objects.get()

    signed = send(alice, "sign", request.pk)

    envelope.refresh_from_db()
    assert "attend la signature" in shown and "a pris effet" in signed
    assert (before, envelope.committed_cents) == (0, 100 * EUROS)


def test_the_page_to_sign_says_who_asked_and_offers_nobody_their_own(
    samir: Client, alice: Client, envelope: Envelope
) -> None:
    send(samir, "engage", envelope.pk, **engaging())

    for_alice, for_samir = page(alice, "signatures"), page(samir, "signatures")

    assert "Samir" in for_alice and "Signer « Housses »" in for_alice
    assert "Signer « Housses »" not in for_samir and "Retirer ma demande" in for_samir


def test_nobody_signs_their_own_request_even_by_its_address(
    samir: Client, envelope: Envelope
) -> None:
    send(samir, "engage", envelope.pk, **engaging())
    request = SignatureRequest.objects.get()

    answer = samir.post(reverse("budget:sign", args=[request.pk]))

    assert answer.status_code == 403
    assert not Commitment.objects.exists()


def test_a_refusal_says_why_and_takes_nothing(
    samir: Client, alice: Client, envelope: Envelope
) -> None:
    send(samir, "engage", envelope.pk, **engaging())
    request = SignatureRequest.objects.get()

    short = send(alice, "refuse", request.pk, reason="non")
    send(alice, "refuse", request.pk, reason="Le devis n’est pas celui du marché.")

    request.refresh_from_db()
    assert "Dites pourquoi" in short
    assert request.state == "REFUSED" and not Commitment.objects.exists()


def test_whoever_has_a_delegation_of_signature_in_force_decides_alone(
    samir: Client, alice: Client, envelope: Envelope
) -> None:
    user = User.objects.get(full_name="Samir")
    given = {"user": str(user.pk), "up_to": "500", "from_date": "2020-04-01"}
    send(alice, "give_signing", **given, until_date="2020-12-31", document="Arrêté 12")

    send(samir, "engage", envelope.pk, **engaging(amount="500"))
    too_much = send(samir, "engage", envelope.pk, **engaging(amount="500,01"))

    assert Commitment.objects.get().amount_cents == 500 * EUROS
    assert "attend la signature" in too_much


def test_a_delegation_of_signature_that_was_ended_opens_nothing(
    samir: Client, alice: Client, envelope: Envelope
) -> None:
    user = User.objects.get(full_name="Samir")
    given = {"user": str(user.pk), "up_to": "500", "from_date": "2020-04-01"}
    send(alice, "give_signing", **given, until_date="2020-12-31", document="Arrêté 12")
    send(alice, "end_signing", SigningDelegation.objects.get().pk)

    send(samir, "engage", envelope.pk, **engaging())

    assert not Commitment.objects.exists()


# --- The tree


def test_a_new_holder_is_given_a_part_and_the_total_counts_it_once(
    alice: Client, envelope: Envelope
) -> None:
    cite = organisation(Kind.CITE_EDUCATIVE, "Cité des Lisses")
    typed = {"holder": str(cite.pk), "label": "Site", "ae": "4 000", "cp": "3 000"}

    send(alice, "open_under", envelope.pk, **typed, document="Décision 3")

    child = Envelope.objects.get(parent=envelope)
    shown = page(alice, "envelopes")
    assert (child.authorized_cents, child.cp_granted_cents) == (400_000, 300_000)
    assert "sur 10\u202f000,00" in shown and "14\u202f000,00" not in shown
    assert "sous « Crédits — Préfecture »" in shown


def test_a_member_delegates_to_a_new_holder_once_somebody_has_signed(
    samir: Client, alice: Client, envelope: Envelope
) -> None:
    cite = organisation(Kind.CITE_EDUCATIVE, "Cité des Lisses")
    typed = {"holder": str(cite.pk), "label": "Site", "ae": "4 000", "cp": "4 000"}
    send(samir, "open_under", envelope.pk, **typed, document="Décision 3")
    child = Envelope.objects.get(parent=envelope)
    before = child.authorized_cents

    send(alice, "sign", SignatureRequest.objects.get().pk)

    child.refresh_from_db()
    assert (before, child.authorized_cents) == (0, 400_000)


def test_what_is_taken_back_is_never_what_is_committed(
    alice: Client, envelope: Envelope, prefecture: Organisation
) -> None:
    child = operations.open_under(
        parent=envelope, holder=prefecture, label="Antenne", ae_cents=100_000, cp_cents=100_000,
        document="DEL", **WHO,
    )  # fmt: skip
    commit(child, 400)

    refused = send(alice, "withdraw", child.pk, ae="600,01", cp="0", document="Retrait")
    done = send(alice, "withdraw", child.pk, ae="600", cp="600", document="Retrait")

    child.refresh_from_db()
    assert "Il reste 600,00" in refused and "sont revenus" in done
    assert child.authorized_cents == 400 * EUROS


def test_a_movement_is_undone_by_its_mirror_with_a_reason_and_both_stay(
    alice: Client, envelope: Envelope, prefecture: Organisation
) -> None:
    child = operations.open_under(
        parent=envelope, holder=prefecture, label="Antenne", ae_cents=100_000, cp_cents=100_000,
        document="DEL", **WHO,
    )  # fmt: skip
    told_by = Movement.objects.get(kind="DELEGATE").told_by

    send(alice, "reverse", child.pk, told_by, reason="Le montant était celui d’un autre site.")

    child.refresh_from_db()
    assert child.authorized_cents == 0
    assert "celui d’un autre site" in page(alice, "movement", child.pk, told_by)
    assert [row.kind for row in queries.movements(child)] == ["REVERSE", "DELEGATE"]


def test_whoever_holds_money_outside_the_state_never_reads_of_credits_of_payment(
    prefecture: Organisation,
) -> None:
    town = organisation(Kind.LOCAL_AUTHORITY, "Mairie")
    gaelle = sit("gaelle", town)
    received = open_for(town, 5_000, source=None)

    shown = page(gaelle, "envelope", received.pk).partition("<main")[2]

    assert "en caisse" in shown and "dépensés" in shown
    assert "crédits de paiement" not in shown.lower() and ">AE<" not in shown


def test_a_school_that_never_received_a_euro_has_no_entry_in_its_menu(
    prefecture: Organisation,
) -> None:
    school = organisation(Kind.SCHOOL, "Collège")
    chloe = sit("chloe", school)

    before = chloe.get("/").content.decode()
    open_for(school, 100, source=None)
    after = chloe.get("/").content.decode()

    assert reverse("budget:envelopes") not in before
    assert reverse("budget:envelopes") in after


# --- Facts made elsewhere


def test_what_was_signed_before_is_taken_whatever_is_left_and_then_decisions_wait(
    alice: Client, envelope: Envelope
) -> None:
    typed = engaging(amount="23 000", spending="orders")
    before = {"signed_on": "2020-03-30", "ej_number": "1500012345", "certified": "15 000"}

    send(alice, "take_over", envelope.pk, **typed, **before, paid="3 000")
    refused = send(alice, "engage", envelope.pk, **engaging())
    shown = page(alice, "envelope", envelope.pk)

    assert "À régulariser : 13\u202f000,00" in shown and "demandez un abondement" in shown
    assert "est à régulariser" in refused and Commitment.objects.count() == 1
    assert "dont 23\u202f000,00\xa0€ avant le programme" in page(alice, "envelopes")


def extract(*lines: str) -> SimpleUploadedFile:
    text = "\n".join(("EJ;DP;Montant;Date", *lines))
    return SimpleUploadedFile("extrait.csv", text.encode())


def test_nothing_of_an_extract_enters_before_it_is_confirmed_and_a_line_never_twice(
    alice: Client, envelope: Envelope
) -> None:
    known = commit(envelope, 300, ej_number="1500000001")
    operations.certify(commitment=known, amount_cents=300 * EUROS, document="BL", **WHO)
    line = "1500000001;DP-1;300,00;20/04/2020"
    shown = send(alice, "extracts", year="2020", file=extract(line, line, "x;DP-2;1;20/04/2020"))
    one = queries.extracts_of(envelope.holder_id).get()
    before = PaymentRequest.objects.count()

    send(alice, "confirm_extract", one.pk)
    again = alice.post(reverse("budget:confirm_extract", args=[one.pk]))

    known.refresh_from_db()
    assert "ligne en double" in shown and "illisible" in shown
    assert (before, PaymentRequest.objects.count(), known.paid_cents) == (0, 1, 300 * EUROS)
    assert again.status_code == 409


def test_an_unknown_ej_is_attached_to_ones_envelope_and_its_excess_is_said(
    alice: Client, envelope: Envelope
) -> None:
    send(alice, "extracts", year="2020", file=extract("1500000009;DP-9;12 000,00;20/04/2020"))
    one = queries.extracts_of(envelope.holder_id).get()
    line = queries.extract_lines(one).get()

    said = send(alice, "attach", one.pk, line.pk, envelope=str(envelope.pk), label="Achat de mars")

    assert "à régulariser" in said
    assert Commitment.objects.get(ej_number="1500000009").origin == "ELSEWHERE"


def test_an_extract_without_its_columns_is_refused_naming_them(
    alice: Client, envelope: Envelope
) -> None:
    file = SimpleUploadedFile("autre.csv", b"EJ;Date\n1500000001;20/04/2020\n")

    shown = send(alice, "extracts", year="2020", file=file)

    assert "colonne absente" in shown and "DP" in shown


# --- Payments


def test_several_payments_are_asked_for_only_after_they_were_seen(
    alice: Client, envelope: Envelope
) -> None:
    ready = [commit(envelope, euros, reference=f"DEV-{euros}") for euros in (100, 200, 400)]
    for one in ready:
        operations.certify(commitment=one, amount_cents=one.amount_cents, document="BL", **WHO)
    ticked = {"commitment": [str(one.pk) for one in ready[:2]], "counted_from": "2020-04-20"}

    seen = send(alice, "to_request", **ticked, check="yes")
    before = PaymentRequest.objects.count()
    send(alice, "to_request", **ticked, confirm="yes")

    assert "2 paiements seront demandés, 300,00" in seen and "trente jours" in seen
    assert before == 0
    assert sorted(PaymentRequest.objects.values_list("amount_cents", flat=True)) == [
        10_000,
        20_000,
    ]


def test_a_late_payment_says_by_which_rule_since_when_and_where_it_is_stuck(
    alice: Client, envelope: Envelope, settings: Any
) -> None:
    one = commit(envelope, 300)
    operations.certify(commitment=one, amount_cents=300 * EUROS, document="BL", **WHO)
    ask(one, 300, date(2020, 4, 27))
    settings.TRAITDUNION_NOW = LATER

    shown = page(alice, "payments", etat="en-retard")
    home = alice.get("/").content.decode()

    assert "en retard de 35 jours" in shown and "trente jours" in shown
    assert "numéro DP attendu" in shown
    assert "Paiements en retard" in home


def test_what_waits_is_given_as_chorus_takes_it_in(alice: Client, envelope: Envelope) -> None:
    one = commit(envelope, 300, ej_number="1500000001")
    operations.certify(commitment=one, amount_cents=300 * EUROS, document="BL", **WHO)
    ask(one, 300, date(2020, 4, 27))

    answer = alice.get(reverse("budget:payments"), {"format": "chorus"})

    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0].split(";")[:3] == ["EJ", "DP", "Centre financier"]
    assert "1500000001" in lines[1] and "300,00" in lines[1]


def test_a_payment_noted_is_sent_back_with_a_reason_and_is_open_again(
    alice: Client, envelope: Envelope
) -> None:
    one = commit(envelope, 300)
    operations.certify(commitment=one, amount_cents=300 * EUROS, document="BL", **WHO)
    asked = ask(one, 300, date(2020, 4, 20))

    future = send(alice, "pay", asked.pk, paid_on="2020-05-30")
    send(alice, "pay", asked.pk, paid_on="2020-04-25")
    envelope.refresh_from_db()
    paid = envelope.paid_cents
    send(alice, "send_back", asked.pk, reason="Le compte bancaire était clos.")

    asked.refresh_from_db()
    envelope.refresh_from_db()
    assert "pas encore venu" in future
    assert (paid, envelope.paid_cents, asked.state) == (300 * EUROS, 0, "REQUESTED")


# --- The end of the year, and who spends slowly


def test_before_the_year_ends_closing_is_said_twice(alice: Client, envelope: Envelope) -> None:
    send(alice, "close", envelope.pk)
    envelope.refresh_from_db()
    before = envelope.is_closed

    send(alice, "close", envelope.pk, early="on")

    envelope.refresh_from_db()
    assert (before, envelope.is_closed) == (False, True)


def test_a_year_closes_after_its_children_and_what_is_left_is_carried_or_falls(
    alice: Client, envelope: Envelope, prefecture: Organisation, settings: Any
) -> None:
    child = operations.open_under(
        parent=envelope, holder=prefecture, label="Antenne", ae_cents=100_000, cp_cents=100_000,
        document="DEL", **WHO,
    )  # fmt: skip
    commit(child, 400)
    settings.TRAITDUNION_NOW = NEXT_YEAR

    refused = send(alice, "close", envelope.pk)
    send(alice, "close", child.pk)
    send(alice, "carry_over", child.pk, ae="100", cp="500", document="Report 1")
    send(alice, "lapse", child.pk, document="Fin de gestion")

    child.refresh_from_db()
    after = queries.following(child)
    assert "Closez d’abord" in refused
    assert (after.committed_cents, after.available_cents) == (40_000, 10_000)
    assert (child.available_cents, child.lapsed_cents) == (0, 50_000)


def test_the_proposal_fills_the_form_that_takes_back_and_moves_nothing(
    prefecture: Organisation, settings: Any
) -> None:
    ministry = organisation(Kind.MINISTRY, "Ministère")
    lea = sit("lea", ministry, Role.ADMINISTRATOR)
    root = open_for(ministry)
    child = operations.open_under(
        parent=root, holder=prefecture, label="Préfecture", ae_cents=100_000, cp_cents=100_000,
        document="DEL", **WHO,
    )  # fmt: skip
    settings.TRAITDUNION_NOW = LATER

    shown = page(lea, "spending")
    form = page(lea, "withdraw", child.pk, ae="1 000,00 €", cp="1 000,00 €")

    child.refresh_from_db()
    assert "Retirer à Préfecture" in shown and "Pourrait être repris" in shown
    assert 'value="1 000,00 €"' in form
    assert child.authorized_cents == 100_000


def test_a_number_typed_with_dashes_is_the_one_that_chorus_gives_back(
    alice: Client, envelope: Envelope
) -> None:
    one = commit(envelope, 300, ej_number="1500000001")
    operations.certify(commitment=one, amount_cents=300 * EUROS, document="BL", **WHO)
    asked = ask(one, 300, date(2020, 4, 20))
    send(alice, "number_payment", asked.pk, dp_number="dp 2020-0042")

    send(alice, "extracts", year="2020", file=extract("1500000001;DP20200042;300;22/04/2020"))
    send(alice, "confirm_extract", queries.extracts_of(envelope.holder_id).get().pk)

    asked.refresh_from_db()
    assert (asked.dp_number, asked.state) == ("DP20200042", "PAID")
    assert PaymentRequest.objects.count() == 1


def test_needs_that_wait_are_wanting_what_the_purses_of_the_plan_no_longer_hold(
    prefecture: Organisation,
) -> None:
    alice = sit("alice", prefecture)
    open_for(prefecture, 5_000, source=None)

    shown = page(alice, "spending", par="departement")

    assert "Aucun besoin n’attend faute de crédits" in shown
    assert alice.get(reverse("budget:spending"), {"format": "csv"}).status_code == 200


def test_the_file_of_envelopes_says_how_each_is_filed_and_where_it_comes_from(
    alice: Client, envelope: Envelope, prefecture: Organisation
) -> None:
    operations.open_under(
        parent=envelope, holder=prefecture, label="Antenne", ae_cents=100_000, cp_cents=50_000,
        document="DEL", cost_center="0147-X", **WHO,
    )  # fmt: skip

    answer = alice.get(reverse("budget:envelopes"), {"format": "csv"})

    lines = answer.content.decode("utf-8-sig").splitlines()
    assert "Centre financier" in lines[0] and "CP délégués" in lines[0]
    assert any("0147-X" in line and "Crédits — Préfecture" in line for line in lines[1:])
