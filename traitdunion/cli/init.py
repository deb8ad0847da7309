"""``init PROGRAMME.toml``: the tables, the programme, and a way in for the first person."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.utils.translation import gettext as _

from traitdunion.base.actors import ROBOT
from traitdunion.base.clock import now
from traitdunion.base.errors import Refusal
from traitdunion.cli import console
from traitdunion.partners import operations as partners_operations
from traitdunion.partners import queries as partners
from traitdunion.partners.states import Kind, Role
from traitdunion.programme import operations as programme
from traitdunion.programme.schema import read_plan
from traitdunion.territories import operations as territories
from traitdunion.territories import queries as places


class CannotRead(Refusal):
    """The programme file cannot be read."""


@dataclass(frozen=True, slots=True)
class FirstAccess:
    """The single-use link of the first administrator, and the e-mail it opens."""

    email: str
    link: str


def run(argv: list[str]) -> int:
    """Create or bring up to date; a second time changes nothing but a lost link."""
    parser = console.parser("init", _("Crée la base et le programme ; peut être rejoué."))
    parser.add_argument("programme", type=Path, metavar="PROGRAMME.toml")
    parser.add_argument("--email", default="", help=_("identifiant de la première personne"))
    parser.add_argument("--dry-run", action="store_true", help=_("lit le fichier et n’écrit rien"))
    arguments = parser.parse_args(argv)
    toml = _text(arguments.programme)
    plan = read_plan(toml)
    document = {"programme": plan.programme.code, "dry_run": arguments.dry_run}
    if arguments.dry_run:
        says = _("Le fichier est bon ; à blanc, rien n’est écrit.")
        console.answer(document, as_json=arguments.json, summary=says)
        return console.DONE
    call_command("migrate", verbosity=0, interactive=False)
    access = _fill(toml, arguments.email)
    document["first_access"] = access.link if access else None
    document["login"] = access.email if access else None
    console.answer(document, as_json=arguments.json, summary=_told(plan.programme.title, access))
    return console.DONE


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise CannotRead(
            _("« %(path)s » n’est pas en UTF-8 : enregistrez-le en UTF-8.") % {"path": path}
        ) from None
    except OSError as error:
        raise CannotRead(console.unreachable(error, path)) from None


@transaction.atomic
def _fill(toml: str, email: str) -> FirstAccess | None:
    programme.load(toml=toml, by=ROBOT, at=now())
    if not places.has_communes():
        territories.load_reference(by=ROBOT, at=now())
    ministry = partners.of_kind(Kind.MINISTRY).first()
    if ministry is None:
        ministry = partners_operations.create_organisation(
            kind=Kind.MINISTRY,
            name=settings.SERVICE_OWNER or _("Pilotage national"),
            identifiers={},
            by=ROBOT,
            at=now(),
        )
    if partners.has_users():
        return None
    email = email or settings.SERVICE_CONTACT or _made_up_email()
    _invitation, token = partners_operations.invite(
        organisation=ministry, email=email, role=Role.ADMINISTRATOR, by=ROBOT, at=now()
    )
    return FirstAccess(email, f"{settings.PUBLIC_URL.rstrip('/')}/invitation/{token}/")


def _made_up_email() -> str:
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    return f"administration@{host}"


def _told(title: str, access: FirstAccess | None) -> str:
    done = _("« %(title)s » est prêt.") % {"title": title}
    if access is None:
        return done
    return "\n".join(
        [
            done,
            _("Premier accès, une seule fois, pendant sept jours : %(link)s")
            % {"link": access.link},
            _("Identifiant : %(email)s (--email en choisit un autre).") % {"email": access.email},
        ]
    )
