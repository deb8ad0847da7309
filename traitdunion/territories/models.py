"""Where: communes, départements, académies, neighbourhoods, cités éducatives, schools."""

from django.db import models
from django.db.models import Q

from traitdunion.base.models import BaseModel


class Region(models.Model):
    code = models.CharField(primary_key=True, max_length=3)
    name = models.CharField(max_length=120)

    def __str__(self) -> str:
        return self.name


class Department(models.Model):
    """A département or an overseas collectivity; its instants are shown in its own time zone."""

    code = models.CharField(primary_key=True, max_length=3)
    name = models.CharField(max_length=120)
    region = models.ForeignKey(Region, null=True, on_delete=models.PROTECT, related_name="+")
    time_zone = models.CharField(max_length=60, default="Europe/Paris")

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class Academy(models.Model):
    code = models.CharField(primary_key=True, max_length=3)
    name = models.CharField(max_length=120)

    def __str__(self) -> str:
        return self.name


class Commune(models.Model):
    """
    A commune, or a municipal arrondissement of Paris, Lyon or Marseille (then with a parent).
    """

    code = models.CharField(primary_key=True, max_length=5)
    name = models.CharField(max_length=120)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    postal_codes = models.CharField(max_length=400, blank=True)
    # Codes that mergers ended: contours and lists of schools go on using them.
    former_codes = models.CharField(max_length=400, blank=True)

    class Meta:
        indexes = [models.Index(fields=["name", "code"], name="commune_by_name")]

    def __str__(self) -> str:
        return self.name


class Neighbourhood(BaseModel):
    """A priority neighbourhood as one generation of contours draws it."""

    class Generation(models.TextChoices):
        OF_2015 = "2015", "2015"
        OF_2024 = "2024", "2024"

    code = models.CharField(max_length=8, unique=True)
    name = models.CharField(max_length=200)
    generation = models.CharField(max_length=4, choices=Generation.choices)
    valid_from_date = models.DateField()
    valid_until_date = models.DateField(null=True)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    # Well-known binary, WGS84, as published: repaired when it is read, never when it is kept.
    outline = models.BinaryField()
    layer = models.CharField(max_length=200)
    pupils = models.PositiveIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["department", "code"], name="neighbourhood_by_place")]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class NeighbourhoodCommune(models.Model):
    """A neighbourhood may lie in several communes."""

    neighbourhood = models.ForeignKey(Neighbourhood, on_delete=models.CASCADE, related_name="+")
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["neighbourhood", "commune"], name="in_commune_once")
        ]

    def __str__(self) -> str:
        return f"{self.neighbourhood_id} {self.commune_id}"


class CiteEducative(BaseModel):
    """A label on neighbourhoods and schools, with credits of its own."""

    code = models.CharField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    yearly_amount_cents = models.BigIntegerField(null=True)
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(yearly_amount_cents__isnull=True) | Q(yearly_amount_cents__gte=0),
                name="cite_amount_not_negative",
            )
        ]

    def __str__(self) -> str:
        return self.name


class CiteEducativeNeighbourhood(models.Model):
    """Which neighbourhoods a cité éducative covers."""

    cite_educative = models.ForeignKey(CiteEducative, on_delete=models.CASCADE, related_name="+")
    neighbourhood = models.ForeignKey(Neighbourhood, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cite_educative", "neighbourhood"], name="cite_covers_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.cite_educative_id} {self.neighbourhood_id}"


class School(BaseModel):
    """The place; the organisation that acts in it is in `partners`."""

    uai = models.CharField(max_length=8, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=80, blank=True)
    is_public = models.BooleanField(null=True)
    is_open = models.BooleanField(default=True)
    address = models.CharField(max_length=300, blank=True)
    commune = models.ForeignKey(Commune, null=True, on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(
        Department, null=True, on_delete=models.PROTECT, related_name="+"
    )
    academy = models.ForeignKey(Academy, null=True, on_delete=models.PROTECT, related_name="+")
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    priority_network = models.CharField(max_length=10, blank=True)
    social_index = models.FloatField(null=True)
    neighbourhood = models.ForeignKey(
        Neighbourhood, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["department", "uai"], name="school_by_department")]

    def __str__(self) -> str:
        return f"{self.name} ({self.uai})"
