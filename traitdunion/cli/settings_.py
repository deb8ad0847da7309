"""``settings``: every setting of this installation, its value, and what it is for."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from traitdunion.cli import console

PASSWORD_IN_URL = re.compile(r"(?<=://)([^:/@]*):[^@]*(?=@)")
# Read by the tests alone.
OF_THE_TESTS = frozenset({"TRAITDUNION_TEST_SEED"})


@dataclass(frozen=True, slots=True)
class Setting:
    """
    One environment variable.

    Attributes:
        attribute: where its value ends up in Django's settings, or how to find it there.
    """

    name: str
    attribute: str | Callable[[], Any]
    meaning: Any
    is_secret: bool = False

    def value(self) -> str:
        """What is in force, as a person may read it: a secret is only said to be there."""
        if self.is_secret:
            return gettext("réglé") if self._is_given() else gettext("absent")
        found = (
            getattr(settings, self.attribute)
            if isinstance(self.attribute, str)
            else self.attribute()
        )
        if isinstance(found, bool):
            return "yes" if found else "no"
        if isinstance(found, list):
            return ",".join(found)
        return PASSWORD_IN_URL.sub(r"\1:…", "" if found is None else str(found))

    def _is_given(self) -> bool:
        return any(os.environ.get(name) for name in (self.name, f"{self.name}_FILE"))


KNOWN: tuple[Setting, ...] = (
    Setting(
        "DATABASE_URL",
        "DATABASE_URL",
        _("La base : sqlite:///chemin ou postgres://compte:secret@machine/base."),
    ),
    Setting(
        "TRAITDUNION_DEMONSTRATION",
        "DEMONSTRATION",
        _("Mode démonstration (yes ou no) : données fictives, entrée sans mot de passe."),
    ),
    Setting(
        "TRAITDUNION_DEBUG",
        "DEBUG",
        _("Montre le détail des erreurs (yes ou no) ; jamais sur un service ouvert."),
    ),
    Setting(
        "TRAITDUNION_NOW",
        "TRAITDUNION_NOW",
        _("Déplace l’horloge d’une démonstration ou d’un essai (instant ISO 8601)."),
    ),
    Setting(
        "TRAITDUNION_SECRET_KEY",
        "SECRET_KEY",
        _("Signe les sessions et les liens ; 50 signes tirés au sort, ou un fichier (_FILE)."),
        is_secret=True,
    ),
    Setting(
        "TRAITDUNION_PSEUDONYM_KEY",
        "PSEUDONYM_KEY",
        _("Fait les codes sous lesquels les enfants paraissent ; ne change jamais."),
        is_secret=True,
    ),
    Setting(
        "TRAITDUNION_ALLOWED_HOSTS",
        "ALLOWED_HOSTS",
        _("Noms sous lesquels le service répond, séparés par des virgules."),
    ),
    Setting(
        "TRAITDUNION_TRUSTED_ORIGINS",
        "CSRF_TRUSTED_ORIGINS",
        _("Origines dont les formulaires sont acceptés, si elles diffèrent de l’adresse."),
    ),
    Setting(
        "TRAITDUNION_PUBLIC_URL",
        "PUBLIC_URL",
        _("Adresse publique, pour les liens ; en https://, tout passe par TLS."),
    ),
    Setting(
        "TRAITDUNION_BEHIND_PROXY",
        lambda: getattr(settings, "SECURE_PROXY_SSL_HEADER", None) is not None,
        _("Un serveur mandataire pose lui-même X-Forwarded-Proto (yes ou no)."),
    ),
    Setting(
        "TRAITDUNION_STATIC_ROOT",
        "STATIC_ROOT",
        _("Dossier des fichiers statiques rassemblés ; d’ordinaire inutile."),
    ),
    Setting(
        "TRAITDUNION_UPLOAD_LIMIT_MB",
        lambda: settings.UPLOAD_LIMIT_BYTES // 1_000_000,
        _("Poids le plus grand d’un fichier déposé, en mégaoctets."),
    ),
    Setting(
        "TRAITDUNION_BACKUP_DIR",
        "BACKUP_DIR",
        _("Dossier où arrivent les sauvegardes ; « doctor » regarde l’âge de la dernière."),
    ),
    Setting(
        "TRAITDUNION_STATE_MARKS",
        "STATE_MARKS",
        _("Bloc Marianne (yes ou no), réservé aux services de l’État."),
    ),
    Setting("TRAITDUNION_SERVICE_NAME", "SERVICE_NAME", _("Nom du service, dans l’en-tête.")),
    Setting(
        "TRAITDUNION_SERVICE_OWNER",
        "SERVICE_OWNER",
        _("Qui édite le service, pour les mentions légales."),
    ),
    Setting("TRAITDUNION_CONTACT", "SERVICE_CONTACT", _("Adresse à laquelle on écrit.")),
    Setting(
        "TRAITDUNION_DPO_CONTACT",
        "DPO_CONTACT",
        _("Contact du délégué à la protection des données."),
    ),
    Setting(
        "TRAITDUNION_DPIA_REFERENCE",
        "DPIA_REFERENCE",
        _("Référence de l’analyse d’impact sur la protection des données."),
    ),
    Setting(
        "TRAITDUNION_GEOCODER_URL",
        "GEOCODER_URL",
        _("Géocodeur (recherche par lot de la BAN) ; vide : aucune adresse ne sort."),
    ),
    Setting(
        "TRAITDUNION_REGISTER_URL",
        "REGISTER_URL",
        _("Annuaire des entreprises et associations ; vide : rien n’est demandé à l’extérieur."),
    ),
    Setting(
        "TRAITDUNION_EMAIL_HOST",
        "EMAIL_URL",
        _("Serveur qui envoie les messages ; vide : ils s’affichent dans le terminal."),
    ),
    Setting("TRAITDUNION_EMAIL_PORT", "EMAIL_PORT", _("Port de ce serveur.")),
    Setting("TRAITDUNION_EMAIL_USER", "EMAIL_HOST_USER", _("Compte sur ce serveur.")),
    Setting(
        "TRAITDUNION_EMAIL_PASSWORD",
        "EMAIL_HOST_PASSWORD",
        _("Mot de passe de ce compte."),
        is_secret=True,
    ),
    Setting("TRAITDUNION_EMAIL_TLS", "EMAIL_USE_TLS", _("Chiffre l’envoi (yes ou no).")),
    Setting(
        "TRAITDUNION_EMAIL_FROM", "DEFAULT_FROM_EMAIL", _("Expéditeur des messages du service.")
    ),
    Setting(
        "TRAITDUNION_SEAL_RECIPIENTS",
        "SEAL_RECIPIENTS",
        _("Adresses qui reçoivent chaque jour le dernier sceau du journal, entre virgules."),
    ),
    Setting(
        "TRAITDUNION_LOG_LEVEL",
        lambda: settings.LOGGING["root"]["level"],
        _("Ce que le journal technique retient : DEBUG, INFO, WARNING ou ERROR."),
    ),
)


def unknown() -> list[str]:
    """Variables that look like ours and that nothing reads: most often a slip of the pen."""
    read = {setting.name for setting in KNOWN} | OF_THE_TESTS
    given = {name.removesuffix("_FILE") for name in os.environ if name.startswith("TRAITDUNION_")}
    return sorted(given - read)


def run(argv: list[str]) -> int:
    """List every setting; 1 when a variable looks like ours and is not."""
    arguments = console.parser("settings", gettext("Montre ce qui est réglé.")).parse_args(argv)
    rows = [
        {"name": s.name, "value": s.value(), "meaning": str(s.meaning), "secret": s.is_secret}
        for s in KNOWN
    ]
    strangers = unknown()
    lines = [f"{row['name']} = {row['value']}\n    {row['meaning']}" for row in rows]
    lines += [
        gettext("%(name)s : réglage inconnu, à corriger.") % {"name": name} for name in strangers
    ]
    document = {"settings": rows, "unknown": strangers}
    console.answer(document, as_json=arguments.json, summary="\n".join(lines))
    return console.FOUND if strangers else console.DONE
