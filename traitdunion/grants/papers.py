"""From a decision to what its paper says."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from traitdunion.base.money import euros
from traitdunion.documents.grant_papers import DecisionPaper, Signatory
from traitdunion.documents.papers import Party
from traitdunion.documents.render import written_day
from traitdunion.grants.states import DecisionForm, LetterKind, Outcome, Purpose
from traitdunion.grants.wording import BUILT_IN, TITLES, Words, articles, filled
from traitdunion.partners.states import Kind

if TYPE_CHECKING:
    from traitdunion.grants.models import Application, Decision, LetterTemplate
    from traitdunion.programme.schema import Plan

REPORT_RULE, REPUBLICAN_RULE = "use-report-six-months", "republican-commitment"
NOT_YET = "APERÇU"


@dataclass(frozen=True, slots=True)
class Told:
    """A decision as its letter tells it, written or only thought of."""

    number: str
    outcome: str
    form: str
    amount_cents: int
    advance_cents: int
    keeps_surplus: bool
    reason: str
    on: date


def told_by(decision: "Decision") -> Told:
    return Told(
        decision.number, decision.outcome, decision.form, decision.amount_cents,
        decision.advance_cents, decision.keeps_surplus, decision.reason,
        timezone.localdate(decision.decided_at),
    )  # fmt: skip


def kind_of(outcome: str, form: str) -> str:
    """Which words a decision takes."""
    if outcome == Outcome.ACCEPTED:
        return LetterKind.AGREEMENT if form == DecisionForm.AGREEMENT else LetterKind.ORDER
    return LetterKind.REFUSAL if outcome == Outcome.REFUSED else LetterKind.CLOSING


def words_of(template: "LetterTemplate | None", kind: str) -> Words:
    """Those of the authority, or those that come with the service."""
    if template is None:
        return BUILT_IN[kind]
    return Words(
        version_of(template), template.opening, template.body, template.closing,
        template.signatory_name, template.signatory_title, template.signature, template.stamp,
    )  # fmt: skip


def version_of(template: "LetterTemplate") -> str:
    """What a page says of the words it was printed with: which authority’s, which version."""
    place = template.authority.department_id or "00"
    return f"{template.get_kind_display()} {place} v{template.version}"


def report_due_on(application: "Application", plan: "Plan", on: date) -> date | None:
    """Six months after the end of the year in which the grant is used, where the law says so."""
    if not plan.rule_in_force(REPORT_RULE, on):
        return None
    return date(application.ends_on.year + 1, 6, 30)


def pay_before(plan: "Plan", on: date) -> date | None:
    """The latest legal day of payment of a grant notified on that day, where there is one."""
    rule = plan.payment_rule("grants", on)
    return on + timedelta(days=rule.days) if rule and rule.days is not None else None


def masked(iban: str) -> str:
    """
    An account that its holder recognises and nobody else can use.

    >>> masked("FR7630001007941234567890185")
    'FR76 •••• 0185'
    """
    return f"{iban[:4]} •••• {iban[-4:]}" if iban else "à fournir"


def paper(
    *,
    application: "Application",
    told: Told,
    words: Words,
    plan: "Plan",
    number: str,
    public_url: str,
    at: datetime,
) -> DecisionPaper:
    """What the letter says; ``number`` is the letter's, NOT_YET for a preview."""
    kind, values = kind_of(told.outcome, told.form), _values(application, told, plan)
    authority, asker = application.authority, application.organisation
    granted = told.outcome == Outcome.ACCEPTED
    return DecisionPaper(
        number=number,
        template=words.version,
        title=filled(TITLES[kind], values),
        authority=Party(authority.name, authority.address, authority.email),
        addressee=Party(asker.name, asker.address, application.representative_name),
        signatory=Signatory(
            words.signatory_name, words.signatory_title or authority.name, words.signature,
            words.stamp,
        ),
        printed_on=timezone.localdate(at),
        link=f"{public_url}/verification/{number}",
        opening=filled(words.opening, values),
        articles=articles(words.body, values),
        facts=_facts(application, told, plan) if granted else (),
        closing=filled(words.closing, values),
        appeal="" if granted else _appeal(authority.name, plan.grants.appeal_months),
        state_block=authority.name if authority.kind == Kind.PREFECTURE else "",
        two_sign=kind == LetterKind.AGREEMENT,
        representative=application.representative_name,
    )  # fmt: skip


def _values(application: "Application", told: Told, plan: "Plan") -> dict[str, str]:
    period = f"du {written_day(application.starts_on)} au {written_day(application.ends_on)}"
    due = pay_before(plan, told.on)
    report = report_due_on(application, plan, told.on)
    paid = (
        f"Elle est versée au plus tard le {written_day(due)}." if due
        else "Elle est versée dès que le comptable a reçu la demande de paiement."
    )  # fmt: skip
    return {
        "association": application.organisation.name,
        "numero": told.number,
        "demande": application.number,
        "objet": application.title,
        "montant": euros(told.amount_cents),
        "demande_de": euros(application.requested_cents or 0),
        "avance": _advance(told),
        "periode": period,
        "compte": masked(application.iban),
        "versement": paid,
        "compte_rendu": _report(application, report),
        "excedent": (
            "Un excédent raisonnable peut être gardé, si le compte rendu l’explique."
            if told.keeps_surplus
            else "Ce qui n’est pas dépensé est rendu."
        ),
        "engagement": (
            "\nL’association respecte le contrat d’engagement républicain qu’elle a souscrit"
            " (décret n° 2021-1947)."
            if plan.rule_in_force(REPUBLICAN_RULE, told.on)
            else ""
        ),
        "motif": told.reason,
        "autorite": application.authority.name,
        "programme": plan.programme.title,
    }


def _advance(told: Told) -> str:
    if not told.advance_cents or told.advance_cents >= told.amount_cents:
        return ""
    rest = told.amount_cents - told.advance_cents
    return (
        f"Une avance de {euros(told.advance_cents)} est versée d’abord ; le solde,"
        f" {euros(rest)}, sur demande de l’association."
    )


def _report(application: "Application", due: date | None) -> str:
    if application.purpose == Purpose.ACTION:
        what = "L’association remet un compte rendu financier (formulaire CERFA 15059)"
    else:
        what = "L’association dit en une page l’emploi de la subvention"
    return f"{what} au plus tard le {written_day(due)}." if due else f"{what}."


def _facts(application: "Application", told: Told, plan: "Plan") -> tuple[tuple[str, str], ...]:
    found = [("Montant accordé", euros(told.amount_cents))]
    if told.advance_cents:
        found.append(("Dont avance", euros(told.advance_cents)))
    if due := pay_before(plan, told.on):
        found.append(("Versement au plus tard le", written_day(due)))
    if report := report_due_on(application, plan, told.on):
        found.append(("Compte rendu avant le", written_day(report)))
    return tuple(found)


def _appeal(authority: str, months: int) -> str:
    return (
        f"Vous pouvez, dans les {months} mois qui suivent la réception de cette lettre :\n"
        f"— demander à {authority} de revoir sa décision (recours gracieux) ;\n"
        "— saisir le tribunal administratif, par courrier ou sur www.telerecours.fr.\n"
        f"Un recours gracieux fait repartir le délai de {months} mois pour saisir le tribunal."
    )
