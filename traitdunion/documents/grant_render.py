"""The papers of a grant as PDF: decisions, and what was done with the money."""

from typing import Any

from traitdunion.documents.codes import quick_qr_svg
from traitdunion.documents.compiler import compile_pdf
from traitdunion.documents.grant_papers import DecisionPaper, UsePaper
from traitdunion.documents.render import plain, written_day


def decision_paper(paper: DecisionPaper) -> bytes:
    """An order, an agreement or a letter, with its code on every page."""
    return compile_pdf("decision", coded(paper))


def use_paper(paper: UsePaper) -> bytes:
    """The report of a determined expense, or the page for the running of an association."""
    fields = {**coded(paper), "due": written_day(paper.due_on)}
    return compile_pdf("use_report", fields)


def coded(paper: DecisionPaper | UsePaper) -> dict[str, Any]:
    """Its fields, and the code that leads to its page."""
    return {**plain(paper), "code": quick_qr_svg(paper.link or paper.number)}


def picture_svg(png_base64: str, width: int, height: int) -> str:
    """A small picture (a signature, a stamp) as the drawing that a paper holds."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}" href="data:image/png;base64,{png_base64}"/>'
        "</svg>"
    )
