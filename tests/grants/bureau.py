"""A préfecture with credits for associations; what Bakary's and others' asked is under review."""

from datetime import UTC, date, datetime
from typing import Any

from tests.budget.conftest import EUROS, open_envelope, organisation, plan, somebody
from traitdunion.base.identifiers import drawn_number
from traitdunion.budget.models import Envelope
from traitdunion.grants.models import Application, Decision
from traitdunion.grants.operations.deciding import Terms, decide
from traitdunion.grants.states import ApplicationState, Outcome, Purpose
from traitdunion.partners import operations as partners
from traitdunion.partners.models import Organisation
from traitdunion.partners.states import Kind, Role
from traitdunion.programme.models import Strand

AT = datetime(2020, 5, 20, 9, tzinfo=UTC)
URL = "https://t.example"
IBAN, OTHER_IBAN = "FR7630001007941234567890185", "FR1420041010050500013M02606"
SIRETS = ("38047555800058", "52499120500013", "41925390100013", "38033590100027")


class Bureau:
    """Alice and Adam decide, Marie instructs; the associations are real persons' neighbours."""

    def __init__(
        self,
        euros: int = 100_000,
        kind: str = Kind.PREFECTURE,
        names: tuple[str, str, str] = ("alice", "adam", "marie"),
    ) -> None:
        self.envelope: Envelope = open_envelope(euros * EUROS, kind, label="Associations")
        self.strand = Strand.objects.get(code="associations")
        Envelope.objects.filter(pk=self.envelope.pk).update(strand=self.strand)
        self.envelope.refresh_from_db()
        self.authority: Organisation = self.envelope.holder
        self.alice, self.adam = (somebody(name, self.authority) for name in names[:2])
        self.marie = somebody(names[2], self.authority, Role.MEMBER)
        self.plan = plan()
        self.made = 0

    def association(self, name: str = "Aux devoirs", *, siret: bool = True) -> Organisation:
        numbers = {"SIRET": SIRETS[self.made]} if siret else {}
        self.made += 1
        one = partners.create_organisation(
            kind=Kind.ASSOCIATION, name=name, identifiers=numbers, by=self.alice, at=AT
        )
        one.email = f"contact{self.made}@example.org"
        one.save(update_fields=["email"])
        return one

    def application(self, association: Organisation, euros: int = 8_000, **changes: Any) -> Any:
        facts: dict[str, Any] = {
            "number": drawn_number("D"),
            "strand": self.strand,
            "organisation": association,
            "authority": self.authority,
            "state": ApplicationState.UNDER_REVIEW,
            "purpose": Purpose.ACTION,
            "title": "Aide aux devoirs",
            "summary": "Quarante enfants.",
            "starts_on": date(2020, 5, 1),
            "ends_on": date(2020, 8, 31),
            "requested_cents": euros * EUROS,
            "iban": IBAN,
            "account_holder": association.name,
            "representative_name": "Bakary Diallo",
            "created_at": AT,
            "saved_at": AT,
            "submitted_at": AT,
            "silence_on": date(2020, 7, 20),
            "review_started_at": AT,
        }
        return Application.objects.create(**{**facts, **changes})

    def grant(self, application: Application, euros: int = 8_000, **changes: Any) -> Decision:
        facts: dict[str, Any] = {"by": self.alice, "at": AT, "plan": self.plan}
        terms = {k: changes.pop(k) for k in list(changes) if k in Terms.__annotations__}
        return decide(
            application=application,
            terms=Terms(Outcome.ACCEPTED, euros * EUROS, **terms),
            envelope=self.envelope,
            **{**facts, **changes},
        )


__all__ = ["AT", "EUROS", "IBAN", "OTHER_IBAN", "SIRETS", "URL", "Bureau", "organisation"]
