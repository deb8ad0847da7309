"""What every table has: an identifier that tells nothing."""

import uuid

from django.db import models


class BaseModel(models.Model):
    """A row with a random identifier, so that an address never tells how many came before."""

    id: "models.UUIDField[uuid.UUID, uuid.UUID]" = models.UUIDField(
        primary_key=True, default=uuid.uuid4, editable=False
    )

    class Meta:
        abstract = True
