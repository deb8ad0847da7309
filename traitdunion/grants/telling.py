"""Telling people that something waits for them: an outbox row, never a detail of the file."""

from datetime import datetime

from django.conf import settings

from traitdunion.base.actors import Actor
from traitdunion.gateways import operations as gateways
from traitdunion.grants import queries
from traitdunion.grants.models import Application
from traitdunion.partners import queries as partners
from traitdunion.partners.states import Role

# Those of an association who follow its applications.
_FOLLOWING = frozenset({Role.MANAGER, Role.MEMBER, Role.TREASURER})


def tell_applicant(*, application: Application, by: Actor, at: datetime) -> int:
    """Write to each of the association who follows its applications; return how many."""
    members = partners.members(application.organisation)
    found = [one.user for one in members if one.role in _FOLLOWING]
    for user in found:
        _post(application, user.email, user.language, by, at)
    return len(found)


def tell_authority(*, application: Application, by: Actor, at: datetime) -> int:
    """Write to whoever reviews it, or else to the authority; return how many."""
    reviewer = queries.reviewer(application)
    if reviewer:
        _post(application, reviewer.email, reviewer.language, by, at)
        return 1
    if application.authority.email:
        _post(application, application.authority.email, "fr", by, at)
        return 1
    return 0


def _post(application: Application, to: str, language: str, by: Actor, at: datetime) -> None:
    link = f"{settings.PUBLIC_URL}/subventions/{application.number}/"
    context = {"number": application.number, "link": link}
    gateways.post(to=to, template="grant_news", context=context, language=language, by=by, at=at)
