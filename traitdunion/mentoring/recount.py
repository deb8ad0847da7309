"""
Counting again from the file of a certificate, with nothing else at hand.

The file says how it was counted (lines that begin with « # »), then one line a session: the code
of the child, the number of the network, the day. Plain loops, on purpose: not the way in which the
service counts, so that one checks the other, and short enough to be read by whoever checks.
"""

from collections import defaultdict
from datetime import date, timedelta
from typing import NamedTuple

HEADER = "jeune;reseau;jour"


class Rule(NamedTuple):
    """What a definition asks for."""

    sessions: int
    span_days: int
    window_days: int | None
    since: date


class Recount(NamedTuple):
    """What the lines of a file give."""

    wide: int
    strict: int
    # Of an agreement: those followed at least one day of it.
    places: int | None
    sessions: int


def head(
    on: date, rules: dict[str, Rule], counted_by: str = "", period: tuple[date, date] | None = None
) -> str:
    """The lines that say how it was counted."""
    lines = [f"# jour={on.isoformat()}"]
    for name, rule in sorted(rules.items()):
        window = "" if rule.window_days is None else str(rule.window_days)
        lines.append(
            f"# {name} seances={rule.sessions} ecart_jours={rule.span_days}"
            f" fenetre_jours={window} depuis={rule.since.isoformat()}"
        )
    if period:
        first, last = period
        lines.append(f"# places={counted_by} du={first.isoformat()} au={last.isoformat()}")
    return "\n".join([*lines, HEADER]) + "\n"


def recount(content: str) -> Recount:
    """Count the file again. Raises ValueError when it is not one."""
    said, days, lines = _read(content)
    on = date.fromisoformat(said["jour"][""])
    rules = {name: _rule(words) for name, words in said.items() if name in {"WIDE", "STRICT"}}
    counts = {
        name: sum(_holds(seen, on, rule) for seen in days.values()) for name, rule in rules.items()
    }
    return Recount(counts["WIDE"], counts["STRICT"], _places(said, days, on, rules), lines)


def _read(content: str) -> tuple[dict[str, dict[str, str]], dict[str, list[date]], int]:
    said: dict[str, dict[str, str]] = {}
    days: dict[str, list[date]] = defaultdict(list)
    lines = 0
    for line in content.splitlines():
        if line.startswith("# "):
            name, *words = line[2:].split(" ")
            name, _equals, value = name.partition("=")
            said[name] = {"": value, **dict(word.split("=", 1) for word in words)}
        elif line != HEADER:
            code, _network, day = line.split(";")
            days[code].append(date.fromisoformat(day))
            lines += 1
    if not {"jour", "WIDE", "STRICT"} <= said.keys():
        raise ValueError("not the file of a certificate")
    return said, days, lines


def _rule(words: dict[str, str]) -> Rule:
    window = int(words["fenetre_jours"]) if words["fenetre_jours"] else None
    since = date.fromisoformat(words["depuis"])
    return Rule(int(words["seances"]), int(words["ecart_jours"]), window, since)


def _holds(days: list[date], on: date, rule: Rule) -> bool:
    first = rule.since if rule.window_days is None else on - timedelta(days=rule.window_days - 1)
    seen = [day for day in days if first <= day <= on]
    return len(seen) >= rule.sessions and max(seen) - min(seen) >= timedelta(days=rule.span_days)


def _places(
    said: dict[str, dict[str, str]],
    days: dict[str, list[date]],
    on: date,
    rules: dict[str, Rule],
) -> int | None:
    """Those for whom the definition held on some day of the agreement, by its sessions alone."""
    if "places" not in said:
        return None
    rule = rules[said["places"][""]]
    first, last = (date.fromisoformat(said["places"][word]) for word in ("du", "au"))
    last = min(on, last)
    within = ([day for day in seen if first <= day <= last] for seen in days.values())
    # It can only begin to hold on the day of a session.
    return sum(any(_holds(seen, day, rule) for day in seen) for seen in within)
