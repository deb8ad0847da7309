"""The programme as it was loaded, its strands and its purses."""

from django.db import models
from django.db.models import Q

from traitdunion.base.models import BaseModel


class Programme(BaseModel):
    """One plan; its rules are the file, kept whole beside its digest."""

    code = models.CharField(max_length=60, unique=True)
    title = models.CharField(max_length=200)
    source = models.TextField()
    digest = models.CharField(max_length=64)
    loaded_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.title


class Strand(BaseModel):
    """One of the plan's parts, with its amount."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    amount_cents = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "code"], name="strand_once"),
            models.CheckConstraint(condition=Q(amount_cents__gte=0), name="strand_not_negative"),
        ]

    def __str__(self) -> str:
        return self.title


class Source(BaseModel):
    """A purse that pays for equipment, in the order of the file."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField()
    amount_cents = models.BigIntegerField()
    pays_for = models.CharField(max_length=20)
    kind = models.CharField(max_length=20, default="plan")
    fungible = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "name"], name="source_once"),
            models.CheckConstraint(condition=Q(amount_cents__gte=0), name="source_not_negative"),
        ]

    def __str__(self) -> str:
        return self.title or self.name


class BudgetProgramme(BaseModel):
    """A programme of the State's budget that gives credits to the plan."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=3)
    title = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "code"], name="budget_programme_once")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"
