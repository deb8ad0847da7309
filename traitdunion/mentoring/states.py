"""The life of an agreement, a young person, a mentor, a pair; the words that lists may hold."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _


class AgreementState(models.TextChoices):
    DRAFT = "DRAFT", _("en préparation")
    SIGNED = "SIGNED", _("signée")
    CLOSED = "CLOSED", _("soldée")


AGREEMENT_MOVES: Mapping[str, frozenset[str]] = {
    AgreementState.DRAFT: frozenset({AgreementState.SIGNED}),
    AgreementState.SIGNED: frozenset({AgreementState.CLOSED}),
    AgreementState.CLOSED: frozenset(),
}


class Level(models.TextChoices):
    CP = "CP", _("CP")
    CE1 = "CE1", _("CE1")
    CE2 = "CE2", _("CE2")
    CM1 = "CM1", _("CM1")
    CM2 = "CM2", _("CM2")
    SIXTH = "6E", _("6e")
    FIFTH = "5E", _("5e")
    FOURTH = "4E", _("4e")
    THIRD = "3E", _("3e")
    SECOND = "2DE", _("2de")
    FIRST = "1RE", _("1re")
    FINAL = "TLE", _("terminale")
    VOCATIONAL = "CAP", _("CAP")
    HIGHER = "SUP", _("après le baccalauréat")


class Subject(models.TextChoices):
    FRENCH = "FRENCH", _("français")
    MATHS = "MATHS", _("mathématiques")
    SCIENCE = "SCIENCE", _("sciences")
    HISTORY = "HISTORY", _("histoire et géographie")
    ENGLISH = "ENGLISH", _("anglais")
    LANGUAGE = "LANGUAGE", _("autre langue")
    READING = "READING", _("lecture")
    METHOD = "METHOD", _("méthode et organisation")
    ORIENTATION = "ORIENTATION", _("orientation")


class Slot(models.TextChoices):
    """A half-day of the week; a pair needs one in common."""

    MON_AM = "MON_AM", _("lundi matin")
    MON_PM = "MON_PM", _("lundi après-midi")
    MON_EV = "MON_EV", _("lundi soir")
    TUE_AM = "TUE_AM", _("mardi matin")
    TUE_PM = "TUE_PM", _("mardi après-midi")
    TUE_EV = "TUE_EV", _("mardi soir")
    WED_AM = "WED_AM", _("mercredi matin")
    WED_PM = "WED_PM", _("mercredi après-midi")
    WED_EV = "WED_EV", _("mercredi soir")
    THU_AM = "THU_AM", _("jeudi matin")
    THU_PM = "THU_PM", _("jeudi après-midi")
    THU_EV = "THU_EV", _("jeudi soir")
    FRI_AM = "FRI_AM", _("vendredi matin")
    FRI_PM = "FRI_PM", _("vendredi après-midi")
    FRI_EV = "FRI_EV", _("vendredi soir")
    SAT_AM = "SAT_AM", _("samedi matin")
    SAT_PM = "SAT_PM", _("samedi après-midi")
    SUN_AM = "SUN_AM", _("dimanche matin")
    SUN_PM = "SUN_PM", _("dimanche après-midi")


class Mode(models.TextChoices):
    REMOTE = "REMOTE", _("à distance")
    ON_SITE = "ON_SITE", _("sur place")


class Signal(models.TextChoices):
    """What makes a school fear to lose a child; each weighs what the programme file says."""

    NO_CONTACT = "NO_CONTACT", _("sans contact depuis le confinement")
    ABSENCES = "ABSENCES", _("absences répétées")
    NO_SCREEN = "NO_SCREEN", _("sans écran")
    ORIENTATION = "ORIENTATION", _("classe d’orientation")
    INTERRUPTION = "INTERRUPTION", _("interruption passée")


class YoungState(models.TextChoices):
    REFERRED = "REFERRED", _("signalé")
    WAITING = "WAITING", _("attend un mentor")
    FOLLOWED = "FOLLOWED", _("suivi")
    ENDED = "ENDED", _("suivi terminé")
    REFUSED = "REFUSED", _("la famille refuse")


YOUNG_MOVES: Mapping[str, frozenset[str]] = {
    YoungState.REFERRED: frozenset(
        {YoungState.WAITING, YoungState.FOLLOWED, YoungState.REFUSED, YoungState.ENDED}
    ),
    YoungState.WAITING: frozenset({YoungState.FOLLOWED, YoungState.REFUSED, YoungState.ENDED}),
    YoungState.FOLLOWED: frozenset({YoungState.WAITING, YoungState.REFUSED, YoungState.ENDED}),
    YoungState.ENDED: frozenset({YoungState.WAITING, YoungState.FOLLOWED}),
    YoungState.REFUSED: frozenset({YoungState.WAITING}),
}

# Those who wait for a mentor or have one.
PRESENT = (YoungState.REFERRED, YoungState.WAITING, YoungState.FOLLOWED)


class ReferralState(models.TextChoices):
    SENT = "SENT", _("envoyé")
    ACCEPTED = "ACCEPTED", _("accepté")
    DECLINED = "DECLINED", _("décliné")
    WITHDRAWN = "WITHDRAWN", _("retiré")


REFERRAL_MOVES: Mapping[str, frozenset[str]] = {
    ReferralState.SENT: frozenset(
        {ReferralState.ACCEPTED, ReferralState.DECLINED, ReferralState.WITHDRAWN}
    ),
    ReferralState.ACCEPTED: frozenset(),
    ReferralState.DECLINED: frozenset(),
    ReferralState.WITHDRAWN: frozenset(),
}


class MentorState(models.TextChoices):
    APPLIED = "APPLIED", _("candidature")
    INTERVIEWED = "INTERVIEWED", _("entretien fait")
    ACTIVE = "ACTIVE", _("formé, disponible")
    ON_LEAVE = "ON_LEAVE", _("en pause")
    DECLINED = "DECLINED", _("non retenu")
    ENDED = "ENDED", _("parti")


MENTOR_MOVES: Mapping[str, frozenset[str]] = {
    MentorState.APPLIED: frozenset(
        {MentorState.INTERVIEWED, MentorState.DECLINED, MentorState.ENDED}
    ),
    MentorState.INTERVIEWED: frozenset(
        {MentorState.ACTIVE, MentorState.DECLINED, MentorState.ENDED}
    ),
    MentorState.ACTIVE: frozenset({MentorState.ON_LEAVE, MentorState.ENDED}),
    MentorState.ON_LEAVE: frozenset({MentorState.ACTIVE, MentorState.ENDED}),
    MentorState.DECLINED: frozenset(),
    MentorState.ENDED: frozenset({MentorState.ACTIVE}),
}


class Origin(models.TextChoices):
    HERE = "HERE", _("fait dans le service")
    IMPORTED = "IMPORTED", _("repris de l’outil du réseau")


class PairEnd(models.TextChoices):
    COMPLETED = "COMPLETED", _("suivi mené à son terme")
    AGREED = "AGREED", _("arrêt d’un commun accord")
    MENTOR_LEFT = "MENTOR_LEFT", _("le mentor est parti")
    REPLACED = "REPLACED", _("autre mentor")
    FAMILY = "FAMILY", _("la famille arrête")
    CHECK = "CHECK", _("contrôle d’honorabilité absent ou défavorable")
    LOST = "LOST", _("perdu de vue")


class AlertKind(models.TextChoices):
    SILENCE = "SILENCE", _("plus de nouvelles")
    DROP_OUT = "DROP_OUT", _("risque de décrochage")
    DANGER = "DANGER", _("inquiétude pour le jeune")
    CHECK = "CHECK", _("séance tenue sans contrôle valable")
    OTHER = "OTHER", _("à rappeler")


class AlertState(models.TextChoices):
    OPEN = "OPEN", _("à traiter")
    TAKEN = "TAKEN", _("prise en charge")
    CLOSED = "CLOSED", _("close")


ALERT_MOVES: Mapping[str, frozenset[str]] = {
    AlertState.OPEN: frozenset({AlertState.TAKEN, AlertState.CLOSED}),
    AlertState.TAKEN: frozenset({AlertState.CLOSED}),
    AlertState.CLOSED: frozenset(),
}


class EndPlan(models.TextChoices):
    """What comes after a follow-up, so that nobody is lost from sight unnoticed."""

    GOES_ON = "GOES_ON", _("le suivi continue à la rentrée")
    SUMMER = "SUMMER", _("programme d’été")
    SCHOOL = "SCHOOL", _("confié à l’établissement")
    NETWORK = "NETWORK", _("confié à un autre réseau")
    AGREED = "AGREED", _("arrêt d’un commun accord")
    LOST = "LOST", _("perdu de vue")


# Those that another organisation must accept.
HANDED_OVER = (EndPlan.SCHOOL, EndPlan.NETWORK)


class EndState(models.TextChoices):
    PROPOSED = "PROPOSED", _("attend l’accord de qui reçoit")
    SETTLED = "SETTLED", _("convenu")
    DECLINED = "DECLINED", _("refusé par qui devait recevoir")
    REPLACED = "REPLACED", _("remplacé par un autre")


END_MOVES: Mapping[str, frozenset[str]] = {
    EndState.PROPOSED: frozenset({EndState.SETTLED, EndState.DECLINED, EndState.REPLACED}),
    EndState.SETTLED: frozenset({EndState.REPLACED}),
    EndState.DECLINED: frozenset({EndState.REPLACED}),
    EndState.REPLACED: frozenset(),
}


class Definition(models.TextChoices):
    """Two counts that always appear together; the programme file says what each asks for."""

    WIDE = "WIDE", _("au sens large")
    STRICT = "STRICT", _("au sens strict")


class FileKind(models.TextChoices):
    PAIRS = "PAIRS", _("binômes")
    SESSIONS = "SESSIONS", _("séances")
