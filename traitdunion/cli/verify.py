"""``verify``: recompute everything and name the first record that does not hold together."""

from django.db import DatabaseError

from traitdunion.cli import console


def run(argv: list[str]) -> int:
    """0 when everything holds, 1 with the first wrong record, 2 when nothing can be read."""
    made = console.parser("verify", "Recalcule argent, garde du matériel, attributions.")
    arguments = made.parse_args(argv)
    console.with_tables()
    from traitdunion.steering import queries as steering  # noqa: PLC0415 - after the settings

    try:
        wrong = steering.first_wrong()
        unsealed = steering.unsealed()
    except DatabaseError:
        return console.refuse(console.not_ready())
    named = dict(zip(("table", "id", "reason"), wrong, strict=True)) if wrong else None
    summary = f"{named['table']} {named['id']} : {named['reason']}" if named else "Tout se tient."
    document = {"first_wrong": named, "unsealed": unsealed}
    console.answer(document, as_json=arguments.json, summary=summary)
    return console.FOUND if named else console.DONE
