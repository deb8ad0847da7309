"""What templates may do: write money and dates, keep a query string, sort a column."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template import Context
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext

from traitdunion.base import money
from traitdunion.people.queries import pseudonym as code_of
from traitdunion.steering import rights as steering

register = template.Library()

YEAR = 365
BADGES = {
    "good": "fr-badge--success",
    "info": "fr-badge--info",
    "warning": "fr-badge--warning",
    "bad": "fr-badge--error",
    "new": "fr-badge--new",
    "plain": "",
}


@register.simple_tag
def service() -> dict[str, Any]:
    """The service's name, owner and marks, from the settings alone."""
    return {
        "name": settings.SERVICE_NAME,
        "owner": settings.SERVICE_OWNER,
        "contact": settings.SERVICE_CONTACT,
        "state_marks": settings.STATE_MARKS,
        "demonstration": settings.DEMONSTRATION,
    }


@register.inclusion_tag("components/_follow.html", takes_context=True)
def follow(context: Context, number: Any) -> dict[str, Any]:
    """A way from this page to all that its number stands on and led to, for who may follow it."""
    seat = getattr(context["request"], "seat", None)
    return {"number": number, "may": steering.may_trace(seat)}


@register.filter
def euros(cents: int) -> str:
    """12345 → 123,45 €."""
    return money.euros(cents)


@register.filter
def pseudonym(person_id: UUID) -> str:
    """The code under which a child appears outside `people`."""
    return code_of(person_id)


@register.filter
def get(mapping: Mapping[Any, Any], key: Any) -> Any:
    """The value under ``key``, or nothing."""
    return mapping.get(key)


@register.filter
def metres(distance: float | None) -> str:
    """A distance to a limit, as one says it."""
    if distance is None:
        return "—"
    return (
        f"{distance:.0f} m" if distance < 1_000 else f"{distance / 1_000:.1f} km".replace(".", ",")
    )


@register.simple_tag
def badge(label: Any, level: str = "plain") -> SafeString:
    """A DSFR badge; its meaning is in its words, never in its colour alone."""
    return format_html(
        '<p class="fr-badge fr-badge--sm fr-badge--no-icon {}">{}</p>', BADGES[level], label
    )


@register.filter
def in_full(day: Any) -> str:
    """A day as it is read: 1er mai 2020, never 1 mai."""
    if not day:
        return ""
    text = formats.date_format(day, "j F Y")
    is_french = (get_language() or "").startswith("fr")
    return text.replace("1 ", "1er ", 1) if is_french and day.day == 1 else text


@register.filter
def lasting(days: int) -> str:
    """A delay in the unit in which it is said: whole years, or days."""
    if days and days % YEAR == 0:
        years = days // YEAR
        return ngettext("%(n)s an", "%(n)s ans", years) % {"n": years}
    return ngettext("%(n)s jour", "%(n)s jours", days) % {"n": days}


@register.simple_tag
def phone(number: str) -> SafeString:
    """A number to call at a touch, in pairs that do not part."""
    digits = "".join(sign for sign in number if sign.isdigit() or sign == "+")
    if not digits:
        return SafeString()
    return format_html('<a class="tu-code" href="tel:{}">{}</a>', digits, number)


@register.simple_tag(takes_context=True)
def query(context: Mapping[str, Any], **changes: Any) -> str:
    """This page's query string with some parameters changed; an empty value removes one."""
    request: HttpRequest = context["request"]
    asked = request.GET.copy()
    for key, value in changes.items():
        if value in (None, ""):
            asked.pop(key, None)
        else:
            asked[key] = value
    return f"?{asked.urlencode()}"
