"""From any number to the euros and the hands, on a page."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from traitdunion.base.errors import NotFound
from traitdunion.steering import rights, tracing
from traitdunion.web.access import right


@right(rights.may_trace)
def trace(request: Any) -> HttpResponse:
    """Where a number is typed; its page has an address of its own."""
    number = request.GET.get("id", "").strip().replace("/", " ")
    if number:
        return redirect("steering:traced", number)
    return render(request, "steering/trace.html", {"number": "", "trace": None, "refusal": ""})


@right(rights.may_trace)
def traced(request: Any, number: str) -> HttpResponse:
    """What a number leads to, as far as the seat sees; a foreign one answers like none."""
    context = {"number": number, "trace": None, "refusal": ""}
    try:
        after = request.GET.get("suite", "")
        context["trace"] = tracing.trace(number, seat=request.seat, after=after)
    except NotFound as refusal:
        context["refusal"] = str(refusal)
        return render(request, "steering/trace.html", context, status=404)
    return render(request, "steering/trace.html", context)
