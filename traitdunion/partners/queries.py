"""Who is who: the seat somebody sits in, what it sees, organisations by their numbers."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from traitdunion.base.errors import NotFound
from traitdunion.base.identifiers import folded, squeezed
from traitdunion.partners.models import (
    ApiToken,
    Identifier,
    Invitation,
    Membership,
    Organisation,
    User,
)
from traitdunion.partners.states import ACTING, BUYERS, INVITING, RELAYS, Kind, Role
from traitdunion.territories import queries as territories


class NoSuchOrganisation(NotFound):
    """No organisation under that number."""


class InvitationRefused(NotFound):
    """The link was used, has expired, or never existed: the answer is the same."""


@dataclass(frozen=True, slots=True)
class Perimeter:
    """The territory a seat looks over. Nothing in it opens a child's name."""

    everything: bool = False
    departments: frozenset[str] = frozenset()
    academies: frozenset[str] = frozenset()
    communes: frozenset[str] = frozenset()
    neighbourhoods: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody acting for an organisation, in a role."""

    user: User
    organisation: Organisation
    role: str
    perimeter: Perimeter

    @property
    def kind(self) -> str:
        return self.organisation.kind

    @property
    def is_relay(self) -> bool:
        return self.organisation.is_relay

    @property
    def acts(self) -> bool:
        return self.role in ACTING

    @property
    def invites(self) -> bool:
        return self.role in INVITING

    @property
    def administers(self) -> bool:
        return self.role == Role.ADMINISTRATOR


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to do something once: for whom, where, under which key, and with which body."""

    organisation_id: UUID
    method: str
    path: str
    key: str
    body_digest: str

    @property
    def where(self) -> dict[str, object]:
        return {
            "organisation_id": self.organisation_id,
            "method": self.method,
            "path": self.path,
            "key": self.key,
        }

    @property
    def scope(self) -> tuple[str, ...]:
        return (str(self.organisation_id), self.method, self.path, self.key)


def seats(user: User) -> list[Seat]:
    """Every seat this person may sit in today, in a steady order."""
    memberships = (
        Membership.objects.filter(user=user, ended_at__isnull=True, organisation__is_active=True)
        .select_related("organisation__school", "organisation__department")
        .order_by("started_at", "pk")
    )
    return [_seat(user, membership) for membership in memberships]


def _seat(user: User, membership: Membership) -> Seat:
    area = perimeter(membership.organisation, membership.role)
    return Seat(user, membership.organisation, membership.role, area)


def perimeter(organisation: Organisation, role: str) -> Perimeter:
    """What an organisation of that kind looks over."""
    match organisation.kind:
        case Kind.MINISTRY | Kind.CONTROLLER:
            return Perimeter(everything=True)
        case Kind.PREFECTURE if organisation.department_id:
            return Perimeter(departments=frozenset({organisation.department_id}))
        case Kind.PREFECTURE if organisation.region_id:
            return Perimeter(departments=territories.departments_of_region(organisation.region_id))
        case Kind.RECTORATE if organisation.academy_id:
            return Perimeter(academies=frozenset({organisation.academy_id}))
        case Kind.CITE_EDUCATIVE if organisation.cite_educative_id:
            covered = territories.neighbourhoods_of_cite(organisation.cite_educative_id)
            return Perimeter(neighbourhoods=covered)
        case Kind.LOCAL_AUTHORITY if organisation.commune_id:
            return Perimeter(communes=frozenset({organisation.commune_id}))
        case _:
            return Perimeter()


def organisations_seen_by(seat: Seat | None) -> QuerySet[Organisation]:
    """The organisations a seat may see: its own, and those of its territory."""
    if seat is None:
        return Organisation.objects.none()
    if seat.perimeter.everything:
        return Organisation.objects.all()
    return Organisation.objects.filter(within(seat, ""))


def within(seat: Seat, path: str) -> Q:
    """
    The condition that an organisation lies in the seat's territory, or is its own.

    Args:
        path: how to reach the organisation from the table asked, e.g. ``relay__``; empty for
            itself.
    """
    own = Q(**{f"{path.removesuffix('__') or 'pk'}": seat.organisation.pk})
    area = seat.perimeter
    if area.everything:
        return Q()
    if area.departments:
        own |= Q(**{f"{path}department__in": area.departments})
    if area.academies:
        own |= Q(**{f"{path}academy__in": area.academies})
    if area.neighbourhoods:
        own |= Q(**{f"{path}school__neighbourhood__in": area.neighbourhoods})
    return own


def relays_seen_by(seat: Seat | None) -> QuerySet[Organisation]:
    """The relays of a seat's territory; for a relay, itself."""
    relays = organisations_seen_by(seat).filter(kind__in=RELAYS, is_active=True)
    return relays.order_by("searchable", "pk")


def organisation_by_code(code: str) -> Organisation:
    """
    The organisation known under that UAI, SIRET, RNA or identifier.

    Raises: NoSuchOrganisation.
    """
    found = Identifier.objects.filter(value=squeezed(code)).select_related("organisation")
    identifier = found.order_by("scheme", "pk").first()
    if identifier:
        return identifier.organisation
    raise NoSuchOrganisation(
        _("Aucune organisation ne porte le numéro « %(code)s » : vérifiez-le ou créez-la.")
        % {"code": code[:40]}
    )


def organisations_called(texts: Collection[str]) -> dict[str, UUID]:
    """The active organisation of each number or whole name; none where several bear it."""
    numbers = {squeezed(text): text for text in texts}
    names = {folded(text)[:200]: text for text in texts}
    active = Organisation.objects.filter(is_active=True)
    found: dict[str, set[UUID]] = {}
    for searchable, pk in active.filter(searchable__in=names).values_list("searchable", "pk"):
        found.setdefault(names[searchable], set()).add(pk)
    numbered = Identifier.objects.filter(value__in=numbers, organisation__is_active=True)
    for value, pk in numbered.values_list("value", "organisation_id"):
        found.setdefault(numbers[value], set()).add(pk)
    return {text: next(iter(pks)) for text, pks in found.items() if len(pks) == 1}


def within_reach(seat: Seat) -> list[Organisation]:
    """
    The organisations that a seat may name as the other side of a loan or a transfer: those of its
    territory, and for a relay, which looks over nobody, those of its département.
    """
    near = within(seat, "")
    if seat.is_relay and seat.organisation.department_id:
        near |= Q(department=seat.organisation.department_id)
    rows = Organisation.objects.filter(near, is_active=True, kind__in=RELAYS | BUYERS)
    return sorted(rows.exclude(pk=seat.organisation.pk), key=lambda one: folded(one.name))


def consulted_near(organisation: Organisation) -> list[Organisation]:
    """Those that may be asked what they think of an organisation of the same département."""
    kinds = RELAYS | {Kind.RECTORATE, Kind.CITE_EDUCATIVE}
    near = Q(department=organisation.department_id) | Q(department__isnull=True)
    rows = Organisation.objects.filter(near, is_active=True, kind__in=kinds)
    return sorted(rows.exclude(pk=organisation.pk), key=lambda one: folded(one.name))


def organisation(pk: UUID) -> Organisation:
    """Raises NoSuchOrganisation."""
    found = Organisation.objects.filter(pk=pk).first()
    if found is None:
        raise NoSuchOrganisation(_("Cette organisation n’existe pas."))
    return found


def of_kind(kind: str) -> QuerySet[Organisation]:
    return Organisation.objects.filter(kind=kind, is_active=True).order_by("searchable", "pk")


def prefecture_of(department: str) -> Organisation | None:
    return of_kind(Kind.PREFECTURE).filter(department=department).first()


def identifiers(organisation: Organisation) -> list[Identifier]:
    return list(Identifier.objects.filter(organisation=organisation).order_by("scheme", "value"))


def codes(organisation_ids: list[UUID]) -> dict[UUID, str]:
    """The first number of each organisation, for lists and exports."""
    rows = Identifier.objects.filter(organisation__in=organisation_ids)
    pairs = rows.order_by("-scheme", "value").values_list("organisation_id", "value")
    return dict(pairs)


def numbered(organisation_ids: Collection[UUID], schemes: Collection[str]) -> set[UUID]:
    """Those that have a number of one of these kinds."""
    rows = Identifier.objects.filter(organisation__in=organisation_ids, scheme__in=schemes)
    return set(rows.order_by().values_list("organisation", flat=True))


def values_of(organisation_ids: Collection[UUID], scheme: str) -> dict[UUID, str]:
    """The number of each of them in one scheme, where it has one."""
    rows = Identifier.objects.filter(organisation__in=organisation_ids, scheme=scheme)
    return dict(rows.order_by("-value").values_list("organisation_id", "value"))


def acted_for(user_id: UUID | None) -> set[UUID]:
    """The organisations for which this person acts today."""
    rows = Membership.objects.filter(user=user_id, ended_at__isnull=True)
    return set(rows.order_by().values_list("organisation", flat=True))


def members(organisation: Organisation) -> list[Membership]:
    """Who acts for it today."""
    rows = Membership.objects.filter(organisation=organisation, ended_at__isnull=True)
    return list(rows.select_related("user").order_by("user__full_name", "pk"))


def open_invitations(organisation: Organisation) -> list[Invitation]:
    rows = Invitation.objects.filter(organisation=organisation, used_at__isnull=True)
    return list(rows.order_by("-created_at", "pk"))


def search(seat: Seat, text: str, limit: int = 20) -> list[Organisation]:
    """Organisations of the seat's territory by a part of their name or a whole number."""
    seen = organisations_seen_by(seat)
    numbered = Identifier.objects.filter(value=squeezed(text)).values("organisation_id")
    found = seen.filter(Q(searchable__contains=folded(text)) | Q(pk__in=numbered))
    return list(found.order_by("searchable", "pk")[:limit])


def demonstration_users() -> list[User]:
    """The log-ins that the demonstration made."""
    return list(User.objects.filter(is_demonstration=True).order_by("email"))


def has_users() -> bool:
    return User.objects.exists()


def token_digest(token: str) -> str:
    """What is kept of a link's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def token_of(secret: str, at: datetime) -> tuple[ApiToken, Seat] | None:
    """The token of that secret and the seat it sits in, if both still stand."""
    rows = ApiToken.objects.select_related(
        "membership__user",
        "membership__organisation__school",
        "membership__organisation__department",
    )
    found = rows.filter(
        token_digest=token_digest(secret),
        revoked_at__isnull=True,
        expires_at__gt=at,
        membership__ended_at__isnull=True,
        membership__organisation__is_active=True,
        membership__user__is_active=True,
    ).first()
    if found is None:
        return None
    return found, _seat(found.membership.user, found.membership)


def tokens(organisation: Organisation) -> list[ApiToken]:
    """The programs that may act for an organisation, or did until they were revoked."""
    rows = ApiToken.objects.filter(membership__organisation=organisation)
    return list(rows.select_related("membership__user").order_by("-created_at", "pk"))


def membership_of(seat: Seat) -> Membership:
    """The row that lets somebody sit there."""
    return Membership.objects.get(
        user=seat.user, organisation=seat.organisation, ended_at__isnull=True
    )


def pending_invitation(token: str, at: datetime) -> Invitation:
    """The invitation of that link, if it may still be used. Raises InvitationRefused."""
    rows = Invitation.objects.select_related("organisation")
    found = rows.filter(token_digest=token_digest(token), used_at__isnull=True)
    invitation = found.filter(expires_at__gt=at).first()
    if invitation is None:
        raise InvitationRefused(
            _("Ce lien a déjà servi ou a expiré : demandez une nouvelle invitation.")
        )
    return invitation


def names(organisation_ids: Collection[UUID]) -> dict[UUID, str]:
    """How each of these organisations is called."""
    rows = Organisation.objects.filter(pk__in=organisation_ids)
    return dict(rows.values_list("pk", "name"))


def user_names(user_ids: Collection[UUID]) -> dict[UUID, str]:
    """How each of these people is called."""
    return dict(User.objects.filter(pk__in=user_ids).values_list("pk", "full_name"))


def role_in(user_id: UUID, organisation_id: UUID) -> str:
    """The role of somebody in an organisation today; empty when there is none."""
    rows = Membership.objects.filter(
        user=user_id, organisation=organisation_id, ended_at__isnull=True
    )
    return rows.values_list("role", flat=True).first() or ""


def organisation_or_none(pk: UUID) -> Organisation | None:
    return Organisation.objects.filter(pk=pk).first()
