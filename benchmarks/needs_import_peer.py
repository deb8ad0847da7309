"""The same import as somebody would write it with django-import-export, plain and in bulk."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import numpy as np
import tablib
from django.db.models import Model
from import_export import fields, resources, widgets
from import_export.instance_loaders import CachedInstanceLoader

from traitdunion.base.clock import now
from traitdunion.census import queries as censuses
from traitdunion.census import reading
from traitdunion.census.models import Need
from traitdunion.journal.models import Event
from traitdunion.partners import queries as partners
from traitdunion.people import queries
from traitdunion.people.models import (
    Address,
    EligibilityDecision,
    Guardianship,
    Household,
    InformationNotice,
    Person,
)
from traitdunion.people.operations import NewChild, NewGuardian
from traitdunion.people.queries import kept_code
from traitdunion.programme import queries as programme
from traitdunion.territories import arrays as territories

DOUBTS = {"review": ("DOUBTFUL", "LIMIT"), "unknown": ("DOUBTFUL", "ADDRESS")}
BATCH = 1_000


class NeedResource(resources.ModelResource):
    """One line is one need, saved after the rows that it stands on: the documented way."""

    kind = fields.Field(attribute="kind", column_name="Besoin")
    degree = fields.Field(attribute="degree", column_name="Équipement")
    school_class = fields.Field(attribute="school_class", column_name="Classe")
    key = fields.Field(attribute="person__search_key", column_name="key", readonly=True)
    born = fields.Field(
        column_name="Date de naissance", readonly=True, widget=widgets.DateWidget("%d/%m/%Y")
    )

    class Meta:
        model = Need
        fields = ("kind", "degree", "school_class", "key", "born")
        import_id_fields = ("key",)
        instance_loader_class = CachedInstanceLoader
        skip_diff = True
        report_skipped = False

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        current = programme.current()
        self.census = censuses.current(current.pk)
        self.plan = programme.plan(current)
        self.relay = partners.organisation_by_code("0940071S")
        self.at: datetime = now()
        self.homes: dict[str, Household] = {}

    def before_import(self, dataset: tablib.Dataset, **kwargs: Any) -> None:
        """Under what a child that is already there is found: all of them in one query."""
        keys = [
            queries.search_key(
                self.relay.pk, row["Prénom"], row["Nom"], self.fields["born"].clean(row)
            )
            for row in dataset.dict
        ]
        dataset.append_col(keys, header="key")

    def before_import_row(self, row: dict[str, Any], **kwargs: Any) -> None:
        row["born"] = self.fields["born"].clean(row)
        degree = reading.SCREENS[reading.folded(row["Équipement"])]
        poorly_connected = reading.CONNECTIONS[reading.folded(row["Connexion"])]
        row["Équipement"] = min(degree, 1) if poorly_connected else degree
        row["Besoin"] = reading.NEEDS[reading.folded(row["Besoin"])]

    def before_save_instance(self, instance: Need, row: dict[str, Any], **kwargs: Any) -> None:
        child = self._people(row)
        instance.census, instance.relay, instance.person = self.census, self.relay, child
        instance.recorded_at = self.at
        instance.level = instance.school_class.split(" ")[0]
        self._tell("census.need_recorded", "census.need", instance.pk, {"person": str(child.pk)})
        self._decide([(instance, float(row["Longitude"]), float(row["Latitude"]))])

    def _keep(self, row: Model) -> Any:
        row.save(force_insert=True)
        return row

    def _home(self, row: dict[str, Any]) -> Household:
        key = queries.household_key(self.relay.pk, row["Foyer"], row["Téléphone"])
        if key not in self.homes:
            self.homes[key] = self._keep(Household(key=key))
        return self.homes[key]

    def _people(self, row: dict[str, Any]) -> Person:
        said = NewChild(
            first_name=row["Prénom"], last_name=row["Nom"], birth_date=row["born"],
            guardians=(NewGuardian(row["Responsable"], row["Téléphone"]),),
        )  # fmt: skip
        shared = {"household": self._home(row), "known_to": self.relay.pk, "created_at": self.at}
        child = Person(
            pk=uuid4(), kind="CHILD", first_name=said.first_name, last_name=said.last_name,
            birth_date=said.birth_date, search_key=row["key"], **shared,
        )  # fmt: skip
        child.code = kept_code(child.pk)
        adult = Person(kind="GUARDIAN", last_name=row["Responsable"], **shared)
        self._keep(child)
        self._keep(adult)
        tie = Guardianship(child=child, guardian=adult, phone=row["Téléphone"])
        self._keep(tie)
        where = {"text": row["Adresse"], "city": row["Commune"]}
        point = {"lon": float(row["Longitude"]), "lat": float(row["Latitude"])}
        self._keep(Address(person=child, **where, **point))
        due = (self.at + timedelta(days=self.plan.lending.notice_days)).date()
        notice = InformationNotice(child=child, relay=self.relay.pk, due_on=due)
        self._keep(notice)
        facts = {"relay": str(self.relay.pk)}
        self._tell("people.child_registered", "people.person", child.pk, facts)
        return child

    def _decide(self, waiting: Sequence[tuple[Need, float, float]]) -> None:
        places = territories.locate(
            lon=np.array([lon for _need, lon, _lat in waiting]),
            lat=np.array([lat for _need, _lon, lat in waiting]),
            generation="2015",
            tolerance_m=self.plan.eligibility.tolerance_m,
        )
        for (need, _lon, _lat), place in zip(waiting, places, strict=True):
            open_or_out = ("OPEN" if place.answer == "in" else "OUT", "")
            need.state, need.doubt = DOUBTS.get(place.answer, open_or_out)
            need.neighbourhood_id = place.neighbourhood_id
            decision = EligibilityDecision(
                person_id=need.person_id, answer=place.answer, layer=place.layer,
                neighbourhood_id=place.neighbourhood_id, method="GIVEN_POINT", at=self.at,
                distance_m=place.distance_m, by_kind="robot",
                tolerance_m=self.plan.eligibility.tolerance_m,
            )  # fmt: skip
            self._keep(decision)

    def _tell(self, verb: str, kind: str, pk: Any, facts: dict[str, str]) -> None:
        event = Event(
            at=self.at, actor_kind="robot", verb=verb, subject_kind=kind, subject_id=str(pk),
            facts=facts,
        )  # fmt: skip
        self._keep(event)


class BulkNeedResource(NeedResource):
    """The same in its bulk mode, the other tables written by `bulk_create` at each batch."""

    class Meta:
        use_bulk = True
        batch_size = BATCH

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.waiting: dict[str, list[Any]] = {}
        self.undecided: list[tuple[Need, float, float]] = []

    def bulk_create(self, *args: Any, **kwargs: Any) -> None:
        super()._decide(self.undecided)
        self.undecided = []
        order = (Household, Person, Guardianship, Address, InformationNotice)
        for model in (*order, EligibilityDecision, Event):
            model.objects.bulk_create(self.waiting.pop(model.__name__, []))
        super().bulk_create(*args, **kwargs)

    def _keep(self, row: Model) -> Any:
        self.waiting.setdefault(type(row).__name__, []).append(row)
        return row

    def _decide(self, waiting: Sequence[tuple[Need, float, float]]) -> None:
        self.undecided += waiting
