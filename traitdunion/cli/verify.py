"""``verify``: recompute everything and name the first record that does not hold together."""

from django.db import DatabaseError

from traitdunion.cli import console

NO_SUCH_SEAL = "no seal of the chain has the hash of this copy"


def run(argv: list[str]) -> int:
    """0 when everything holds, 1 with the first wrong record, 2 when nothing can be read."""
    made = console.parser(
        "verify", "Recalcule argent, garde du matériel, attributions et sceaux du journal."
    )
    made.add_argument(
        "--seal", metavar="EMPREINTE", help="compare avec un sceau gardé ailleurs (imprimé, reçu)"
    )
    arguments = made.parse_args(argv)
    console.with_tables()
    from traitdunion.base.snapshots import one_instant  # noqa: PLC0415 - after the settings

    try:
        with one_instant():
            wrong, unsealed = _verified(arguments.seal)
    except DatabaseError as error:
        if not _has_tables():
            return console.refuse(console.not_ready())
        wrong, unsealed = ("database", "", f"it cannot be read: {error}"), 0
    named = dict(zip(("table", "id", "reason"), wrong, strict=True)) if wrong else None
    summary = f"{named['table']} {named['id']} : {named['reason']}" if named else "Tout se tient."
    document = {"first_wrong": named, "unsealed": unsealed}
    console.answer(document, as_json=arguments.json, summary=summary)
    return console.FOUND if named else console.DONE


def _verified(seal: str | None) -> tuple[tuple[str, str, str] | None, int]:
    from traitdunion.journal import queries as journal  # noqa: PLC0415
    from traitdunion.steering import queries as steering  # noqa: PLC0415

    wrong = steering.first_wrong()
    try:
        unsealed = steering.unsealed()
    except Exception:  # a damaged count: what is wrong has its name already
        unsealed = 0
        wrong = wrong or ("journal_seal", "", "it cannot be counted")
    if wrong is None and seal is not None and not journal.has_seal(seal):
        wrong = ("journal_seal", seal[:64], NO_SUCH_SEAL)
    return wrong, unsealed


def _has_tables() -> bool:
    """Whether a database answers and has its tables: then it is damaged, not absent."""
    from django.db import connection  # noqa: PLC0415

    return "journal_event" in connection.introspection.table_names()
