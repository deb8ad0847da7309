"""``doctor``: what is missing or dangerous in this installation, line by line."""

from dataclasses import asdict

from django.utils.translation import gettext as _

from traitdunion.base.clock import now
from traitdunion.cli import console, health


def run(argv: list[str]) -> int:
    """Look at everything; 1 when something is wrong."""
    parser = console.parser("doctor", _("Dit ce qui manque ou menace."))
    arguments = parser.parse_args(argv)
    found = health.findings(at=now())
    wrong = [finding for finding in found if finding.level == health.WRONG]
    document = {"ok": not wrong, "findings": [asdict(finding) for finding in found]}
    words = {
        health.OK: _("bien"),
        health.NOTE: _("à savoir"),
        health.WRONG: _("à corriger"),
    }
    lines = [_line(finding, words[finding.level]) for finding in found]
    lines.append(
        _("%(count)s point(s) à corriger : voyez docs/deploy.md.") % {"count": len(wrong)}
        if wrong
        else _("Rien à corriger.")
    )
    console.answer(document, as_json=arguments.json, summary="\n".join(lines))
    return console.FOUND if wrong else console.DONE


def _line(finding: health.Finding, word: str) -> str:
    remedy = f" → {finding.remedy}" if finding.remedy else ""
    return f"{word:<11}{finding.code:<15}{finding.says}{remedy}"
