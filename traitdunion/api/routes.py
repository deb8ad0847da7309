"""Every resource of the API, under /api/v1/. Its document and its page tell nothing of anybody."""

from ninja import NinjaAPI

from traitdunion.api import (
    allocation,
    budget,
    decisions,
    equipment,
    grants,
    journal,
    lending,
    mentoring,
    networks,
    partners,
    problems,
    supply,
    territories,
)
from traitdunion.api.access import Bearer, public

AREAS = (
    budget,
    territories,
    partners,
    allocation,
    supply,
    equipment,
    lending,
    grants,
    decisions,
    mentoring,
    networks,
    journal,
)


api = NinjaAPI(
    title="Trait d’union",
    version="1",
    description="The plan, for programs. Errors are application/problem+json; every POST takes"
    " an Idempotency-Key. docs/reference/api.md says the rest.",
    urls_namespace="api",
    auth=Bearer(),
    # Whoever writes a program has no token yet, and these tell nothing of anybody.
    docs_decorator=public,
)
problems.handle(api)
for area in AREAS:
    api.add_router("", area.router)
