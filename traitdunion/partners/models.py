"""Organisations, their identifiers, the people who act for them."""

import uuid

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from traitdunion.base.models import BaseModel
from traitdunion.partners.states import RELAYS, Kind, Role, Scheme


class Organisation(BaseModel):
    """Whoever acts: owner, buyer, relay, supplier, network. Never a family."""

    kind = models.CharField(max_length=20, choices=Kind.choices)
    name = models.CharField(max_length=200)
    searchable = models.CharField(max_length=200, editable=False)
    commune = models.ForeignKey(
        "territories.Commune", null=True, on_delete=models.PROTECT, related_name="+"
    )
    department = models.ForeignKey(
        "territories.Department", null=True, on_delete=models.PROTECT, related_name="+"
    )
    # Of a préfecture de région, which is of no one département.
    region = models.ForeignKey(
        "territories.Region", null=True, on_delete=models.PROTECT, related_name="+"
    )
    academy = models.ForeignKey(
        "territories.Academy", null=True, on_delete=models.PROTECT, related_name="+"
    )
    cite_educative = models.OneToOneField(
        "territories.CiteEducative", null=True, on_delete=models.PROTECT, related_name="+"
    )
    school = models.OneToOneField(
        "territories.School", null=True, on_delete=models.PROTECT, related_name="+"
    )
    # A professional whom a family or a colleague may call.
    contact_name = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    email = models.EmailField(blank=True)
    address = models.CharField(max_length=300, blank=True)
    opening_hours = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        indexes = [
            models.Index(fields=["kind", "department"], name="organisation_by_place"),
            models.Index(fields=["searchable"], name="organisation_by_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_relay(self) -> bool:
        return self.kind in RELAYS


class Identifier(BaseModel):
    """A number under which the administration knows an organisation; it may have several."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    scheme = models.CharField(max_length=10, choices=Scheme.choices)
    value = models.CharField(max_length=20)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scheme", "value"], name="identifier_once")]

    def __str__(self) -> str:
        return f"{self.scheme} {self.value}"


class UserManager(BaseUserManager["User"]):
    """Finds people by e-mail, whatever the case they typed."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """An adult who signs in: a professional or a volunteer, never a child or a guardian."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(unique=True)
    full_name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    # Made by the demonstration: its log-in opens nothing elsewhere.
    is_demonstration = models.BooleanField(default=False)
    language = models.CharField(max_length=5, default="fr")

    objects = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    def __str__(self) -> str:
        return self.full_name

    def get_full_name(self) -> str:
        return self.full_name

    @property
    def actor_kind(self) -> str:
        return "user"

    @property
    def actor_id(self) -> uuid.UUID:
        return self.pk


class Membership(BaseModel):
    """Somebody acts for an organisation, in a role, until it ends."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=Role.choices)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation"],
                condition=Q(ended_at__isnull=True),
                name="one_role_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.organisation_id}"


class Invitation(BaseModel):
    """A single-use link; only its digest is kept."""

    token_digest = models.CharField(max_length=64, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    email = models.EmailField()
    role = models.CharField(max_length=20, choices=Role.choices)
    invited_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.role} {self.organisation_id}"


class ApiToken(BaseModel):
    """
    A program acts in somebody's seat, with the rights of that seat and no others.

    Only the digest of its secret is kept. It ends with the seat, on its day, or when revoked.
    """

    token_digest = models.CharField(max_length=64, unique=True)
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    # What it serves for: « tableur de la vie scolaire ». Never who a child is.
    label = models.CharField(max_length=80)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("created_at")), name="token_lasts"
            )
        ]

    def __str__(self) -> str:
        return self.label


class KeptAnswer(BaseModel):
    """What a program was answered under a key; asking again with the same key reads it here."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=200)
    key = models.CharField(max_length=200)
    body_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    answered_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "method", "path", "key"], name="answered_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.status}"
