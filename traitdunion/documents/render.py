"""The papers of the plan, as PDF: one function for each, from plain data to bytes."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from itertools import groupby
from typing import Any

from traitdunion.documents.codes import barcode_svg, qr_svg
from traitdunion.documents.compiler import compile_pdf
from traitdunion.documents.ordering import class_order
from traitdunion.documents.papers import (
    Agreement,
    CollectiveAgreement,
    Delivery,
    Label,
    MentorCertificate,
    Note,
    Notice,
    TickList,
)

MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)


def loan_agreements(agreements: Sequence[Agreement]) -> bytes:
    """One page for each loan to a family, in the order given."""
    sheets = [_agreement(agreement) for agreement in agreements]
    return compile_pdf("agreement", {"sheets": sheets})


def collective_agreement(agreement: CollectiveAgreement) -> bytes:
    """The loan of several things to an organisation; long lists go on over the page."""
    return compile_pdf(
        "collective", {**_coded(agreement), "due_back": written_day(agreement.due_back_on)}
    )


def tick_list(sheet: TickList) -> bytes:
    """A relay's list, class after class in the order of a school, with bars to scan back."""
    return compile_pdf("ticks", _ticks(sheet))


def pack(sheet: TickList, agreements: Sequence[Agreement]) -> bytes:
    """A relay's list, then its agreements in the same order: what is carried to the gate."""
    place = {line.number: k for k, line in enumerate(sorted(sheet.lines, key=_by_class))}
    ordered = sorted(agreements, key=lambda one: (place.get(one.number, len(place)), one.number))
    sheets = [_agreement(agreement) for agreement in ordered]
    return compile_pdf("pack", {"ticks": _ticks(sheet), "sheets": sheets})


def _ticks(sheet: TickList) -> dict[str, Any]:
    lines = sorted(sheet.lines, key=_by_class)
    classes = [
        {"title": title, "lines": [_tick(line) for line in group]}
        for title, group in groupby(lines, key=lambda line: line.school_class)
    ]
    return {**plain(sheet), "lines": len(lines), "classes": classes}


def information_notices(notices: Sequence[Notice]) -> bytes:
    """One dated page for each family that a school listed."""
    sheets = [
        {
            **plain(notice),
            "listed": written_day(notice.listed_on),
            "due": written_day(notice.due_on),
        }
        for notice in notices
    ]
    return compile_pdf("notice", {"sheets": sheets})


def one_page_note(note: Note) -> bytes:
    """A note on one page, in smaller letters when there is more to say."""
    return compile_pdf("note", plain(note))


def device_labels(labels: Sequence[Label]) -> bytes:
    """Sheets of twenty-four labels of 70 × 37 mm, edge to edge."""
    rows = [{**asdict(label), "code": qr_svg(label.link or label.serial)} for label in labels]
    return compile_pdf("labels", {"labels": rows})


def delivery_note(delivery: Delivery) -> bytes:
    """What leaves one place for another, ticked and signed at both ends."""
    return compile_pdf("delivery", _coded(delivery))


def mentor_certificate(paper: MentorCertificate) -> bytes:
    """What a mentor gave: from when to when, to how many, for how long."""
    days = {"first": written_day(paper.first_on), "last": written_day(paper.last_on)}
    return compile_pdf("mentor", {**plain(paper), **days})


def _agreement(agreement: Agreement) -> dict[str, Any]:
    return {**_coded(agreement), "due_back": written_day(agreement.due_back_on)}


def _tick(line: Any) -> dict[str, Any]:
    return {**asdict(line), "code": barcode_svg(line.number)}


def _by_class(line: Any) -> tuple[Any, ...]:
    return (class_order(line.school_class), line.school_class, line.child.casefold(), line.number)


def _coded(paper: Any) -> dict[str, Any]:
    return {**plain(paper), "code": qr_svg(paper.link or paper.number)}


def plain(paper: Any) -> dict[str, Any]:
    """The fields of a paper; dates apart, JSON has none."""
    fields = {k: v for k, v in asdict(paper).items() if not isinstance(v, date)}
    return {**fields, "printed": written_day(paper.printed_on)}


def written_day(day: date) -> str:
    """A date as families read it, whatever the language of the page that asked for the paper."""
    return f"{'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"
