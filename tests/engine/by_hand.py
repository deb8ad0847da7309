"""
The five steps of the outer contract, written a second time, slowly and plainly.

Fractions, lists and loops, no array: what a deputy mayor would do in a spreadsheet. It shares no
line with the engine, so that the two can contradict each other.
"""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction

from traitdunion.engine.queue import Need, Rules, Source

Line = tuple[str, int, int, str, str, str]


def ticket(seed: str, need: str) -> int:
    return int(hashlib.sha256((seed + ":" + need).encode("utf-8")).hexdigest()[:16], 16)


def queue(needs: Sequence[Need], rules: Rules) -> list[Line]:
    """Need, rank, degree, key, decision and source of every need, in order of rank."""
    draw = {n.need: (ticket(rules.seed, n.need), n.need.encode("utf-8")) for n in needs}
    degree = degrees(needs, rules, draw)
    key = keys(needs, degree, draw)
    ordered = sorted(
        needs,
        key=lambda n: (
            degree[n.need],
            2 if n.state == "doubtful" else int(key[n.need] >= 1),
            key.get(n.need, 0),
            draw[n.need],
        ),
    )
    paid = money([n for n in ordered if n.need in key and key[n.need] < 1], degree, rules)
    return [
        (n.need, i, degree[n.need], written(key, n), decision(key, n, paid), paid.get(n.need, ""))
        for i, n in enumerate(ordered, 1)
    ]


def degrees(needs: Sequence[Need], rules: Rules, draw: dict) -> dict[str, int]:
    found = {n.need: n.degree for n in needs}
    for home in {n.household for n in needs if n.household}:
        members = [n for n in needs if n.household == home]
        members.sort(key=lambda n: (n.degree, -n.priority, draw[n.need]))
        for other in members[1:]:
            found[other.need] = rules.last_degree
    return found


def keys(needs: Sequence[Need], degree: dict[str, int], draw: dict) -> dict[str, Fraction]:
    groups = defaultdict(list)
    for n in needs:
        if n.state == "open":
            groups[n.neighbourhood, degree[n.need]].append(n)
    found = {}
    for (place, level), group in groups.items():
        declared = [n for n in needs if (n.neighbourhood, n.degree) == (place, level)]
        before = max((n.served_before or 0 for n in declared), default=0)
        ceilings = [n.ceiling for n in declared if n.ceiling is not None]
        m = min([before + len(group), *ceilings])
        group.sort(key=lambda n: (-n.priority, draw[n.need]))
        for k, n in enumerate(group, 1):
            found[n.need] = Fraction(before + k - 1, m) if m else Fraction(1)
    return found


def money(payable: list[Need], degree: dict[str, int], rules: Rules) -> dict[str, str]:
    purse = {s.name: s.amount_cents for s in rules.sources}
    paid: dict[str, str] = {}
    for level in sorted(set(degree.values())):
        here = [n for n in payable if degree[n.need] == level]
        for may in (is_for, lambda source, n: source.fungible):
            for n in here:
                price = rules.prices_cents[n.kind]
                for s in rules.sources:
                    if n.need not in paid and may(s, n) and purse.get(s.name, -1) >= price:
                        purse[s.name] -= price
                        paid[n.need] = s.name
        for n in here:
            for s in rules.sources:
                if n.need not in paid and (is_for(s, n) or s.fungible):
                    purse.pop(s.name, None)
    return paid


def is_for(source: Source, need: Need) -> bool:
    return source.pays_for == "all" or need.cite_educative != ""


def written(key: dict[str, Fraction], need: Need) -> str:
    found = key.get(need.need)
    return "" if found is None else f"{found.numerator}/{found.denominator}"


def decision(key: dict[str, Fraction], need: Need, paid: dict[str, str]) -> str:
    if need.state == "doubtful":
        return "doubtful"
    if key[need.need] >= 1:
        return "check"
    return "served" if need.need in paid else "waiting"
