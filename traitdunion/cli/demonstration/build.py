"""The demonstration from an empty database to the morning on which it opens."""

from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction
from django.utils import translation

from traitdunion.allocation import queries as allocation
from traitdunion.base.actors import ROBOT
from traitdunion.base.clock import now
from traitdunion.base.errors import Refusal
from traitdunion.census import queries as census
from traitdunion.cli.demonstration import ground
from traitdunion.cli.demonstration.cast import PASSWORD, PERSONAS, Cast, assemble
from traitdunion.cli.demonstration.fiction import SCALES
from traitdunion.cli.demonstration.stage import on
from traitdunion.cli.demonstration.story import play
from traitdunion.equipment import queries as equipment
from traitdunion.journal import operations as journal
from traitdunion.lending import queries as lending
from traitdunion.partners.states import Role
from traitdunion.programme import operations as programme
from traitdunion.territories import queries as territories

STEPS = 5
PLAN = "2020-04-continuite-educative.toml"


class NotEmpty(Refusal):
    """The database already holds something."""


def build(
    *, scale: str, seed: int, data: Path | None, advance: Callable[[int], None]
) -> dict[str, Any]:
    """Build everything; return the log-ins and the counts."""
    if "programme_programme" in connection.introspection.table_names():
        raise NotEmpty("Cette base n’est pas vide : donnez-en une autre à --database.")
    with translation.override("fr"):
        call_command("migrate", verbosity=0)
        advance(1)
        text = resources.files("traitdunion.programme").joinpath("plans", PLAN).read_text("utf-8")
        programme.load(toml=text, by=ROBOT, at=on(4, 20))
        size = SCALES[scale]
        scenery = (
            ground.official(folder=data, seed=seed, scale=size, at=on(4, 20))
            if data
            else ground.invented(seed=seed, scale=size, at=on(4, 20))
        )
        advance(1)
        with transaction.atomic():
            cast = assemble(scenery.ground, on(4, 20))
        advance(1)
        played = play(scenery, cast)
        advance(2)
        journal.seal(by=ROBOT, at=now())
    return {"personas": personas(cast), "counts": counts(played.census)}


def personas(cast: Cast) -> list[dict[str, str]]:
    return [
        {
            "name": persona.name,
            "role": str(Role(persona.role).label) if persona.role else "",
            "organisation": (
                cast.organisations[persona.organisation].name if persona.organisation else ""
            ),
            "login": persona.login,
            "password": PASSWORD,
            "api_token": cast.tokens.get(persona.name.split()[0], ""),
        }
        for persona in PERSONAS
    ]


def counts(one: Any) -> dict[str, int]:
    return {
        "neighbourhoods": territories.counts()["neighbourhoods"],
        "schools": territories.counts()["schools"],
        "needs": len(census.ranked_needs(one)),
        "awards": allocation.award_count(),
        "devices": sum(equipment.tally().values()),
        "loans": lending.loan_count(),
    }
