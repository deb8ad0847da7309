"""The plan and its rule, as anybody may read them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from traitdunion.base.clock import now
from traitdunion.census import queries as census
from traitdunion.mentoring.states import Definition, Signal
from traitdunion.programme import queries as programme
from traitdunion.web.access import public


@public
def show(request: HttpRequest) -> HttpResponse:
    """Amounts, dates, purses, legal rules in force today."""
    current = programme.current()
    plan = programme.plan(current)
    today = now().date()
    rules = [(rule, plan.rule_in_force(rule.code, today)) for rule in plan.rules]
    weights = plan.follow_up().signal_weights
    context = {
        "programme": current,
        "plan": plan,
        "rules": rules,
        "today": today,
        "follow_up": plan.follow_up(),
        "definitions": [
            (Definition(code).label, asked) for code, asked in plan.definitions().items()
        ],
        "signals": [(Signal(code).label, weight) for code, weight in weights.items()],
    }
    return render(request, "programme/show.html", context)


@public
def rule(request: HttpRequest) -> HttpResponse:
    """The queue's rule in ten lines, with the digest and the seed once they are published."""
    current = programme.current()
    context = {
        "programme": current,
        "plan": programme.plan(current),
        "census": census.current_or_none(current.pk),
    }
    return render(request, "programme/rule.html", context)
