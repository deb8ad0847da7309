"""``trace``: from any number to the euros, the decisions and the pseudonymous children."""

from dataclasses import asdict
from typing import Any

from traitdunion.base.money import euros
from traitdunion.cli import console


def run(argv: list[str]) -> int:
    """0 with the chain, 2 when nothing has that number."""
    made = console.parser(
        "trace", "Suit l’argent dans les deux sens, depuis n’importe quel numéro."
    )
    made.add_argument(
        "id",
        help="série, IMEI, SIM, EJ, DP, commande, convention, enveloppe, SIRET, quartier, enfant",
    )
    made.add_argument("--after", default="", help="suite de la liste (donnée par « after »)")
    arguments = made.parse_args(argv)
    console.with_tables()
    from traitdunion.steering import tracing  # noqa: PLC0415 - after the settings

    found = tracing.trace(arguments.id, after=arguments.after)
    document = {
        **asdict(found),
        "with_children_cents": found.with_children_cents,
        "with_organisations_cents": found.with_organisations_cents,
    }
    console.answer(_plain(document), as_json=arguments.json, summary=_summary(found))
    return console.DONE


def _plain(value: Any) -> Any:
    """Days as ISO 8601."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def _summary(found: Any) -> str:
    lines = [_line(found.subject)]
    parts = (("D’où vient l’argent", found.euros), ("Où cela est allé", found.hands))
    for title, steps in (*parts, ("Dessous", found.items)):
        if steps:
            lines += ["", title, *(f"  {_line(one)}" for one in steps)]
    if found.ends:
        lines += ["", "Où est l’argent aujourd’hui"]
        lines += [f"  {end.count} {end.label} : {euros(end.amount_cents)}" for end in found.ends]
        lines.append(f"  en tout : {euros(found.total_cents)}")
    return "\n".join(lines)


def _line(step: Any) -> str:
    amount = euros(step.amount_cents) if step.amount_cents is not None else ""
    day = f"{step.on:%d/%m/%Y}" if step.on else ""
    return " — ".join(part for part in (step.label, day, amount, step.note) if part)
