"""Letters: the paper itself, whether it is true, the pile that comes back, the words of each."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from traitdunion.base.errors import Refusal
from traitdunion.grants import rights
from traitdunion.grants.operations import letters
from traitdunion.grants.papers import words_of
from traitdunion.grants.queries import deciding as queries
from traitdunion.grants.states import LetterKind
from traitdunion.grants.wording import NAMES, Words
from traitdunion.web.access import public, right
from traitdunion.web.budget.acting import who
from traitdunion.web.decisions.forms import PileForm, WordsForm
from traitdunion.web.lists import attachment


@right(rights.may_see_applications)
def letter(request: Any, letter_id: UUID) -> HttpResponse:
    """The paper as it left."""
    one = queries.letter(letter_id, request.seat)
    content = queries.content_of(one)
    if content is None:
        messages.info(request, _("La lettre se prépare : revenez dans un instant."))
        return redirect("decisions:decision", one.decision_id)
    return attachment(content, f"{one.number}.pdf", "application/pdf")


@right(rights.may_see_applications)
def signed_page(request: Any, letter_id: UUID, page_id: UUID) -> HttpResponse:
    """A page that came back signed."""
    one = queries.letter(letter_id, request.seat)
    page = queries.signed_page(page_id, one)
    return attachment(bytes(page.content), f"{one.number}-{page.position}.jpg", "image/jpeg")


@public
def verify(request: Any, number: str) -> HttpResponse:
    """For whoever holds the paper: what it should say."""
    found = queries.letter_numbered(number.upper()[:20])
    if found is None or found.drawn_at is None:
        return render(request, "decisions/verify.html", {"letter": None}, status=404)
    decision = found.decision
    context = {"letter": found, "decision": decision, "application": decision.application}
    return render(request, "decisions/verify.html", context)


@right(rights.may_review)
def pile(request: Any) -> HttpResponse:
    """Signed letters, scanned together, go back each to its grant."""
    form = PileForm(request.POST or None, request.FILES or None)
    found = None
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            found = letters.reattach(
                content=file.read(), name=file.name, seat=request.seat, **who(request)
            )
        except Refusal as refusal:
            form.add_error("file", str(refusal))
        else:
            told = ngettext(
                "%(n)s lettre retrouvée.", "%(n)s lettres retrouvées.", len(found.letters)
            )
            messages.success(request, told % {"n": len(found.letters)})
    return render(request, "decisions/pile.html", {"form": form, "found": found})


@right(rights.may_review)
def templates(request: Any) -> HttpResponse:
    """Which words each kind of letter takes here."""
    kinds = [
        (kind, label, queries.words_in_use(request.seat.organisation.pk, kind))
        for kind, label in LetterKind.choices
    ]
    return render(request, "decisions/templates.html", {"kinds": kinds})


@right(rights.may_decide)
def words(request: Any, kind: str) -> HttpResponse:
    """Change the words of a kind of letter: a new version, from the next decision on."""
    kind = kind.upper()
    if kind not in LetterKind.values:
        raise Http404
    used = words_of(queries.words_in_use(request.seat.organisation.pk, kind), kind)
    names = ("opening", "body", "closing", "signatory_name", "signatory_title")
    form = WordsForm(
        request.POST or None,
        request.FILES or None,
        initial={name: getattr(used, name) for name in names},
    )
    if request.method == "POST" and form.is_valid():
        try:
            letters.save_words(
                authority=request.seat.organisation,
                kind=kind,
                words=Words("", **{name: form.cleaned_data[name] for name in names}),
                signature=_content(form, "signature"),
                stamp=_content(form, "stamp"),
                **who(request),
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Les prochaines lettres auront ces mots."))
            return redirect("decisions:templates")
    context = {
        "form": form, "kind": LetterKind(kind).label, "names": NAMES.items(),
    }  # fmt: skip
    return render(request, "decisions/words.html", context)


def _content(form: WordsForm, name: str) -> bytes:
    file = form.cleaned_data[name]
    # A picture of a signature is light: beyond this, it is not one.
    return file.read(5_000_000) if file else b""
