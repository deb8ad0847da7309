"""The letter of a decision before anybody takes it: drawn for one reader, written nowhere."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import override

from traitdunion.documents.grant_render import decision_paper
from traitdunion.grants import papers
from traitdunion.grants.operations.deciding import Terms
from traitdunion.grants.queries import deciding as queries

if TYPE_CHECKING:
    from traitdunion.grants.models import Application
    from traitdunion.programme.schema import Plan


def preview(
    *,
    application: "Application",
    terms: Terms,
    plan: "Plan",
    public_url: str,
    at: datetime,
) -> bytes:
    """The letter that this decision would send; nothing is written."""
    told = papers.Told(
        papers.NOT_YET, terms.outcome, terms.form, terms.amount_cents, terms.advance_cents,
        terms.keeps_surplus, terms.reason, timezone.localdate(at),
    )  # fmt: skip
    kind = papers.kind_of(terms.outcome, terms.form)
    words = papers.words_of(queries.words_in_use(application.authority_id, kind), kind)
    with override("fr"):
        shown = papers.paper(
            application=application,
            told=told,
            words=words,
            plan=plan,
            number=papers.NOT_YET,
            public_url=public_url,
            at=at,
        )
        return decision_paper(shown)
