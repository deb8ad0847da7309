"""How many are followed, on any day, by two definitions; certificates that anybody redoes."""

import zlib
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from traitdunion.base.clock import now
from traitdunion.mentoring import operations, queries, rights
from traitdunion.mentoring.states import Definition
from traitdunion.partners.states import Kind
from traitdunion.programme import queries as programme
from traitdunion.web.access import right
from traitdunion.web.lists import attachment
from traitdunion.web.networks.forms import DayForm

# Of the drawing, in its own units.
WIDTH, HEIGHT = 600, 220


@right(rights.may_count)
def counts(request: Any) -> HttpResponse:
    """Both counts on a day, the curve to the target, and by network, territory and level."""
    today = now().date()
    form = DayForm(request.GET or None)
    asked = form.cleaned_data["on"] if form.is_bound and form.is_valid() else today
    on = min(asked, today)
    plan = programme.plan(programme.current())
    scope = queries.scope_of(request.seat)
    if scope is None:
        return render(request, "networks/no_network.html")
    curve = queries.curve(max(on, plan.programme.start_date), plan, scope)
    context = {
        "form": form if form.is_bound else DayForm(initial={"on": on}),
        "on": on,
        "tally": queries.followed(on, scope),
        "curve": curve,
        "drawing": _drawing(curve, plan),
        "target": plan.targets.get("mentoring"),
        "is_whole": scope == queries.EVERYBODY,
        "definitions": [
            (Definition(code).label, said) for code, said in plan.definitions().items()
        ],
        "tables": [
            (_("Par réseau"), queries.by_network(on, scope)),
            (_("Par département"), queries.by_department(on, scope)),
            (_("Par niveau"), queries.by_level(on, scope)),
        ],
        "may_certify": rights.may_certify(request.seat),
        "twice": queries.counted_twice() if scope == queries.EVERYBODY else None,
        "certificates": list(queries.certificates_seen_by(request.seat).defer("content")[:20]),
    }
    return render(request, "networks/counts.html", context)


def _drawing(curve: queries.Curve, plan: Any) -> dict[str, Any]:
    """The three lines as points of a drawing; the table beside says the same in numbers."""
    target = plan.targets.get("mentoring")
    top = max([one.wide for one in curve.points] + [target.target if target else 0, 1])
    first = curve.points[0].on
    last = max(target.by_date if target else first, curve.points[-1].on)
    days = max(1, (last - first).days)

    def line(name: str) -> str:
        return " ".join(
            f"{WIDTH * (one.on - first).days / days:.0f},"
            f"{HEIGHT - HEIGHT * getattr(one, name) / top:.0f}"
            for one in curve.points
        )

    aim = ""
    if target:
        start = HEIGHT - HEIGHT * target.baseline / top
        end = WIDTH * (target.by_date - first).days / days
        aim = f"0,{start:.0f} {end:.0f},{HEIGHT - HEIGHT * target.target / top:.0f}"
    return {"wide": line("wide"), "strict": line("strict"), "aim": aim}


@require_POST
@right(rights.may_certify)
def certify(request: Any) -> HttpResponse:
    """Count a day and keep the lines; a network certifies its own count."""
    form = DayForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choisissez un jour."))
        return redirect("networks:counts")
    is_network = request.seat.kind == Kind.MENTORING_NETWORK
    made = operations.certify_count(
        on=form.cleaned_data["on"],
        network=queries.network_of(request.seat) if is_network else None,
        plan=programme.plan(programme.current()),
        by=request.user,
        at=now(),
    )
    said = _("Certificat %(number)s : %(wide)s au sens large, %(strict)s au sens strict.")
    numbers = {"number": made.number, "wide": made.wide, "strict": made.strict}
    messages.success(request, said % numbers)
    return redirect("networks:counts")


@right(rights.may_count)
def certificate(request: Any, number: str) -> HttpResponse:
    """The lines of a certificate, as they were digested."""
    found = queries.certificates_seen_by(request.seat).filter(number=number).first()
    if found is None:
        raise Http404
    content = zlib.decompress(bytes(found.content))
    return attachment(content, f"certificat-{found.number}.csv", "text/csv; charset=utf-8")
