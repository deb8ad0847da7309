"""
The words of a letter: those that come with the service, those of an authority, filled in.

A name between braces is replaced: ``{association}``. Nothing else in the text is interpreted.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from traitdunion.base.errors import Refusal
from traitdunion.documents.grant_papers import Article
from traitdunion.grants.states import LetterKind

# What a text may name, and what it stands for: shown to whoever writes a template.
NAMES: Mapping[str, str] = {
    "association": "nom de l’association",
    "numero": "numéro de la décision",
    "demande": "numéro de la demande",
    "objet": "objet de la demande",
    "montant": "montant accordé",
    "demande_de": "montant demandé",
    "avance": "avance, ou rien",
    "periode": "période de l’action",
    "compte": "compte à payer, masqué",
    "versement": "jusqu’à quand le versement est dû",
    "compte_rendu": "ce qui est à rendre, et quand",
    "excedent": "ce que devient un excédent",
    "engagement": "contrat d’engagement républicain, quand il est en vigueur",
    "motif": "motif du refus ou du classement",
    "autorite": "nom de l’autorité",
    "programme": "titre du programme",
}
_NAME = re.compile(r"\{([^{}]*)\}")
_TITLE = re.compile(r"^#\s+(.+)$")


class BadWords(Refusal):
    """The template names something that does not exist."""

    status = 400


@dataclass(frozen=True, slots=True)
class Words:
    """The text of one kind of letter, and who signs."""

    version: str
    opening: str
    body: str
    closing: str = ""
    signatory_name: str = ""
    signatory_title: str = ""
    signature: str = ""
    stamp: str = ""


TITLES: Mapping[str, str] = {
    LetterKind.ORDER: "Arrêté n° {numero} portant attribution d’une subvention",
    LetterKind.AGREEMENT: "Convention n° {numero} attribuant une subvention",
    LetterKind.REFUSAL: "Votre demande de subvention {demande} : décision de refus",
    LetterKind.CLOSING: "Votre demande de subvention {demande} est classée sans suite",
}
_GRANT = """# Article 1 — Objet
Une subvention de {montant} est attribuée à {association} pour : \
« {objet} » ({periode}), \
dans le cadre du programme « {programme} ».

# Article 2 — Versement
{versement} {avance} Compte : {compte}.

# Article 3 — Emploi de la subvention
La subvention est employée à cet objet et à aucun autre. \
Elle n’est pas reversée à un tiers. {excedent}

# Article 4 — Compte rendu et contrôle
{compte_rendu} L’association garde ses pièces et répond à tout contrôle ; \
ce qui n’a pas été employé à l’objet est rendu.
{engagement}"""
BUILT_IN: Mapping[str, Words] = {
    LetterKind.ORDER: Words(
        "arrete-2020-04",
        "Vu la loi n° 2000-321 du 12 avril 2000, notamment ses articles 9-1 et 10 ;\n"
        "Vu la demande {demande} présentée par {association} ;\n{autorite} arrête :",
        _GRANT,
    ),
    LetterKind.AGREEMENT: Words(
        "convention-2020-04",
        "Entre {autorite} et {association}, il est convenu ce qui suit, en application de"
        " l’article 10 de la loi n° 2000-321 du 12 avril 2000 et du décret n° 2001-495 :",
        _GRANT,
        "Fait en deux exemplaires.",
    ),
    LetterKind.REFUSAL: Words(
        "refus-2020-04",
        "Madame, Monsieur,",
        "Vous avez demandé une subvention de {demande_de} pour « {objet} ». Cette demande n’est"
        " pas retenue, pour la raison suivante :\n{motif}",
        "Vous pouvez nous répondre dans votre demande en ligne : nous vous expliquerons.",
    ),
    LetterKind.CLOSING: Words(
        "classement-2020-04",
        "Madame, Monsieur,",
        "Votre demande de subvention pour « {objet} » est classée sans suite, pour la raison"
        " suivante :\n{motif}",
        "Vous pouvez déposer une nouvelle demande.",
    ),
}


def check_words(*texts: str) -> None:
    """Raises BadWords naming the first name that stands for nothing."""
    for text in texts:
        for found in _NAME.findall(text):
            if found not in NAMES:
                raise BadWords(
                    _("« {%(name)s} » ne désigne rien. Les noms possibles : %(names)s.")
                    % {"name": found[:40], "names": ", ".join(f"{{{one}}}" for one in NAMES)}
                )


def filled(text: str, values: Mapping[str, str]) -> str:
    """
    The text with its names replaced, once: what a person typed is never a name itself.

    >>> filled("Pour {association}.", {"association": "A {montant} B"})
    'Pour A {montant} B.'
    """
    return _NAME.sub(lambda found: values.get(found[1], found[0]), text)


def articles(body: str, values: Mapping[str, str]) -> tuple[Article, ...]:
    """The parts of a text: a line that begins with ``#`` opens one."""
    parts: list[tuple[str, list[str]]] = [("", [])]
    for line in body.splitlines():
        if title := _TITLE.match(line):
            parts.append((title[1], []))
        else:
            parts[-1][1].append(line)
    return tuple(
        Article(filled(title, values), filled("\n".join(lines).strip(), values).strip())
        for title, lines in parts
        if title or any(line.strip() for line in lines)
    )
