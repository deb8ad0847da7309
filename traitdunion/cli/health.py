"""What `doctor` looks at, one small function a line of docs/deploy.md, under the same code."""

import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _
from django_tasks_db.models import DBTaskResult

from traitdunion.cli import settings_
from traitdunion.gateways import queries as gateways
from traitdunion.jobs import queries as jobs
from traitdunion.partners import queries as partners
from traitdunion.programme import queries as programme
from traitdunion.territories import queries as territories

OK, NOTE, WRONG = "ok", "note", "wrong"
ROOM_BYTES = 2_000_000_000
BACKUP_AGE_SECONDS = 26 * 3600
LOCAL = {"127.0.0.1", "localhost", "[::1]", "::1"}
POSTGRESQL_MIN = 140_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor: what was seen, and what to do about it."""

    code: str
    level: str
    says: str
    remedy: str = ""


Seen = tuple[str, str, str]  # level, what was seen, what to do
Check = Callable[[datetime], Seen]


def fine(says: str) -> Seen:
    return OK, says, ""


def findings(*, at: datetime) -> list[Finding]:
    """Every check, in the order of docs/deploy.md; without tables, what needs none."""
    return list(_look(CHECKS, at))


def reasons_not_to_serve(*, at: datetime) -> list[Finding]:
    """What must be there before real people come in; nothing in a demonstration."""
    if settings.DEMONSTRATION:
        return []
    needed = {code: CHECKS[code] for code in BEFORE_SERVING}
    return [finding for finding in _look(needed, at) if finding.level == WRONG]


def migrations_are_done() -> bool:
    """Whether the tables are those of this version."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _look(checks: Mapping[str, Check], at: datetime) -> Iterator[Finding]:
    for code, check in checks.items():
        try:
            finding = Finding(code, *check(at))
        except DatabaseError:
            lost = _("la base ne répond pas ou n’a pas ses tables")
            finding = Finding(code, WRONG, lost, _("traitdunion init PROGRAMME.toml"))
        if settings.DEMONSTRATION and code in OF_A_REAL_SERVICE and finding.level == WRONG:
            finding = replace(finding, level=NOTE)
        yield finding


def _demonstration(at: datetime) -> Seen:
    if settings.DEBUG:
        return WRONG, _("TRAITDUNION_DEBUG montre le détail des erreurs"), _("retirez-le")
    if settings.DEMONSTRATION:
        says = _("mode démonstration : entrée sans mot de passe, données fictives")
        return NOTE, says, _("retirez TRAITDUNION_DEMONSTRATION avant toute donnée réelle")
    if partners.demonstration_users():
        says = _("cette base contient des comptes de démonstration")
        return WRONG, says, _("repartez d’une base neuve")
    return fine(_("hors démonstration"))


def _secret_key(at: datetime) -> Seen:
    if not settings.SECRET_KEY_IS_LASTING:
        says = _("la clé secrète change à chaque démarrage")
        return WRONG, says, _("réglez TRAITDUNION_SECRET_KEY")
    if len(settings.SECRET_KEY) < 40:
        return WRONG, _("la clé secrète est courte"), _("tirez 50 signes au sort")
    return fine(_("clé secrète durable"))


def _pseudonym_key(at: datetime) -> Seen:
    if settings.PSEUDONYM_KEY.startswith("pseudonyms:"):
        says = _("les codes des enfants dépendent de la clé secrète")
        return WRONG, says, _("réglez TRAITDUNION_PSEUDONYM_KEY et gardez-la pour toujours")
    return fine(_("clé des codes à part"))


def _hosts(at: datetime) -> Seen:
    host = urlsplit(settings.PUBLIC_URL).hostname or ""
    allowed = set(settings.ALLOWED_HOSTS)
    if "*" in allowed:
        return WRONG, _("le service répond sous n’importe quel nom"), _("nommez les hôtes")
    if host not in allowed and f".{host.partition('.')[2]}" not in allowed:
        says = _("« %(host)s » n’est pas dans TRAITDUNION_ALLOWED_HOSTS") % {"host": host}
        return WRONG, says, _("ajoutez-le")
    if host in LOCAL:
        says = _("l’adresse publique est celle de cette machine")
        return WRONG, says, _("réglez TRAITDUNION_PUBLIC_URL")
    return fine(_("répond sous %(host)s") % {"host": host})


def _tls(at: datetime) -> Seen:
    if not settings.SERVED_OVER_TLS:
        says = _("l’adresse publique n’est pas en https://")
        return WRONG, says, _("mettez TLS sur le serveur mandataire, puis l’adresse en https://")
    return fine(_("adresse en https://, cookies réservés à TLS"))


def _proxy(at: datetime) -> Seen:
    told = getattr(settings, "SECURE_PROXY_SSL_HEADER", None) is not None
    if settings.SERVED_OVER_TLS and not told:
        says = _("le service ne croit pas le serveur mandataire et redirigera sans fin")
        return WRONG, says, _("TRAITDUNION_BEHIND_PROXY=yes, et le mandataire pose l’en-tête")
    if told and not settings.SERVED_OVER_TLS:
        says = _("le service croit un en-tête que n’importe qui peut poser")
        return WRONG, says, _("retirez TRAITDUNION_BEHIND_PROXY ou passez en https://")
    return fine(_("accord avec le serveur mandataire"))


def _database(at: datetime) -> Seen:
    return _sqlite() if connection.vendor == "sqlite" else _postgresql()


def _sqlite() -> Seen:
    wanted = {"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"}
    with connection.cursor() as cursor:
        for name, value in wanted.items():
            cursor.execute(f"PRAGMA {name}")
            found = str(cursor.fetchone()[0])
            if found != value:
                says = _("SQLite : %(name)s vaut %(found)s") % {"name": name, "found": found}
                return WRONG, says, _("un fichier local, sur un disque qui n’est pas en réseau")
    says = _("SQLite (WAL, synchronous=FULL) : une seule machine")
    return NOTE, says, _("PostgreSQL dès qu’un service est ouvert (DATABASE_URL)")


def _postgresql() -> Seen:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version_num'), current_setting('fsync'),"
            " current_setting('synchronous_commit')"
        )
        version, fsync, commit = cursor.fetchone()
    if int(version) < POSTGRESQL_MIN:
        return WRONG, _("PostgreSQL trop ancien"), _("version 14 au moins")
    if fsync != "on" or commit == "off":
        says = _("PostgreSQL peut perdre ce qu’il a confirmé (fsync, synchronous_commit)")
        return WRONG, says, _("remettez les deux à on")
    return fine(_("PostgreSQL %(major)s") % {"major": int(version) // 10_000})


def _migrations(at: datetime) -> Seen:
    if not migrations_are_done():
        return (
            WRONG,
            _("les tables sont d’une autre version"),
            _("traitdunion init PROGRAMME.toml"),
        )
    return fine(_("tables à jour"))


def _registers(at: datetime) -> Seen:
    """Tables that only grow still refuse to be rewritten."""
    growing = [m._meta.db_table for m in apps.get_models() if getattr(m, "append_only", False)]
    wanted = {f"{table}_no_{verb}" for table in growing for verb in ("update", "delete")}
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        missing = wanted - {row[0] for row in cursor.fetchall()}
    if missing:
        says = _("registres sans protection : %(tables)s") % {"tables": ", ".join(sorted(missing))}
        return WRONG, says, _("cherchez qui a retiré leurs déclencheurs, puis rejouez init")
    return fine(_("les registres refusent la réécriture"))


def _programme(at: datetime) -> Seen:
    current = programme.current_or_none()
    if current is None:
        return WRONG, _("aucun programme"), _("traitdunion init PROGRAMME.toml")
    return fine(current.title)


def _controllers(at: datetime) -> Seen:
    current = programme.current_or_none()
    if current is None:
        return WRONG, _("aucun programme : nul ne répond des données"), _("traitdunion init")
    strands = programme.plan(current).strands.items()
    missing = [code for code, strand in strands if not strand.controller.strip()]
    if missing:
        says = _("nul ne répond des données : %(strands)s") % {"strands": ", ".join(missing)}
        return WRONG, says, _("écrivez strands.%(code)s.controller") % {"code": missing[0]}
    return fine(_("chaque volet a son responsable de traitement"))


def _dpo(at: datetime) -> Seen:
    if not settings.DPO_CONTACT:
        says = _("aucun contact du délégué à la protection des données")
        return WRONG, says, _("réglez TRAITDUNION_DPO_CONTACT")
    return fine(settings.DPO_CONTACT)


def _dpia(at: datetime) -> Seen:
    if not settings.DPIA_REFERENCE:
        return WRONG, _("aucune analyse d’impact"), _("réglez TRAITDUNION_DPIA_REFERENCE")
    return fine(settings.DPIA_REFERENCE)


def _owner(at: datetime) -> Seen:
    if not (settings.SERVICE_OWNER and settings.SERVICE_CONTACT):
        says = _("les mentions légales ne disent ni qui édite le service, ni où écrire")
        return WRONG, says, _("réglez TRAITDUNION_SERVICE_OWNER et TRAITDUNION_CONTACT")
    return fine(settings.SERVICE_OWNER)


def _administrator(at: datetime) -> Seen:
    if not partners.has_users():
        says = _("personne ne peut entrer")
        return WRONG, says, _("rejouez init, qui imprime un lien à usage unique")
    return fine(_("des personnes peuvent entrer"))


def _contours(at: datetime) -> Seen:
    current = programme.current_or_none()
    wanted = programme.plan(current).programme.neighbourhood_generation if current else "2015"
    layer = territories.layer_state(wanted)
    if not layer.loaded:
        says = _("aucun contour : toute adresse reste sans réponse")
        return WRONG, says, _("traitdunion territories load neighbourhoods FICHIER")
    if layer.differs:
        says = _("le programme est de la génération %(wanted)s, les contours de %(loaded)s") % {
            "wanted": wanted,
            "loaded": layer.used,
        }
        return NOTE, says, _("chargez les contours de la génération du programme")
    return fine(_("contours de la génération %(wanted)s") % {"wanted": wanted})


def _schools(at: datetime) -> Seen:
    if not territories.counts()["schools"]:
        says = _("aucun établissement")
        return WRONG, says, _("traitdunion territories load schools FICHIER")
    return fine(_("%(count)s établissements") % {"count": territories.counts()["schools"]})


def _worker(at: datetime) -> Seen:
    limit = at - timedelta(minutes=2)
    waiting = DBTaskResult.objects.filter(status="READY", enqueued_at__lt=limit).count()
    if waiting or jobs.worker_seems_absent(at=at):
        return WRONG, _("des travaux attendent : personne ne les prend"), _("traitdunion worker")
    return fine(_("aucun travail n’attend"))


def _email(at: datetime) -> Seen:
    if not settings.EMAIL_URL:
        says = _("les messages s’affichent dans le terminal au lieu de partir")
        return WRONG, says, _("réglez TRAITDUNION_EMAIL_HOST")
    if settings.DEFAULT_FROM_EMAIL.endswith("@localhost"):
        return WRONG, _("l’expéditeur n’existe pas"), _("réglez TRAITDUNION_EMAIL_FROM")
    late = gateways.late_messages(at=at)
    if late:
        says = _("%(count)s messages auraient dû partir") % {"count": late}
        return WRONG, says, _("regardez le serveur de messagerie et le worker")
    return fine(_("messages par %(host)s") % {"host": settings.EMAIL_HOST})


def _geocoder(at: datetime) -> Seen:
    if not settings.GEOCODER_URL:
        says = _("pas de géocodeur : les adresses sans point attendent une personne")
        return NOTE, says, _("TRAITDUNION_GEOCODER_URL, si l’envoi d’adresses est permis")
    if not settings.GEOCODER_URL.startswith("https://"):
        return WRONG, _("les adresses partiraient en clair"), _("une adresse en https://")
    return fine(settings.GEOCODER_URL)


def _disk(at: datetime) -> Seen:
    name = str(settings.DATABASES["default"]["NAME"])
    place = Path(name).parent if connection.vendor == "sqlite" else Path.cwd()
    free = shutil.disk_usage(place if place.is_dir() else Path.cwd()).free
    if free < ROOM_BYTES:
        says = _("moins de 2 Go libres près de la base")
        return WRONG, says, _("faites de la place : une base pleine refuse tout")
    return fine(_("%(gigabytes)s Go libres") % {"gigabytes": free // 10**9})


def _backup(at: datetime) -> Seen:
    if not settings.BACKUP_DIR:
        says = _("nul ne sait si des sauvegardes existent")
        return WRONG, says, _("réglez TRAITDUNION_BACKUP_DIR sur le dossier où elles arrivent")
    folder = Path(settings.BACKUP_DIR)
    files = [f for f in folder.iterdir() if f.is_file()] if folder.is_dir() else []
    newest = max((f.stat().st_mtime for f in files), default=0)
    if time.time() - newest > BACKUP_AGE_SECONDS:
        says = _("la dernière sauvegarde a plus d’un jour, ou n’existe pas")
        return WRONG, says, _("regardez ce qui les fait, et essayez d’en relire une")
    return fine(_("sauvegarde de moins d’un jour"))


def _slips(at: datetime) -> Seen:
    if strangers := settings_.unknown():
        says = _("réglages que rien ne lit : %(names)s") % {"names": ", ".join(strangers)}
        return WRONG, says, _("traitdunion settings donne les noms")
    return fine(_("aucun réglage inconnu"))


def _marks(at: datetime) -> Seen:
    if settings.STATE_MARKS:
        says = _("le bloc Marianne est montré")
        return NOTE, says, _("réservé aux services de l’État")
    return fine(_("marques de l’État éteintes"))


CHECKS: Mapping[str, Check] = {
    "demonstration": _demonstration,
    "settings": _slips,
    "secret-key": _secret_key,
    "pseudonym-key": _pseudonym_key,
    "hosts": _hosts,
    "tls": _tls,
    "proxy": _proxy,
    "database": _database,
    "migrations": _migrations,
    "registers": _registers,
    "programme": _programme,
    "controllers": _controllers,
    "dpo": _dpo,
    "dpia": _dpia,
    "owner": _owner,
    "marks": _marks,
    "administrator": _administrator,
    "contours": _contours,
    "schools": _schools,
    "worker": _worker,
    "email": _email,
    "geocoder": _geocoder,
    "disk": _disk,
    "backup": _backup,
}
BEFORE_SERVING = ("secret-key", "controllers", "dpo", "dpia")
# A demonstration on one's own machine has none of these, and that is no fault.
OF_A_REAL_SERVICE = frozenset(
    {
        "secret-key",
        "pseudonym-key",
        "hosts",
        "tls",
        "proxy",
        "dpo",
        "dpia",
        "owner",
        "email",
        "backup",
    }
)
