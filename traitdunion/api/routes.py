"""Every resource of the API, under /api/v1/. Its document and its page tell nothing of anybody."""

from collections.abc import Callable
from typing import Any

from ninja import NinjaAPI

from traitdunion.api import budget, problems
from traitdunion.api.access import Bearer

ROUTERS = (budget.router,)


def _public(view: Callable[..., Any]) -> Callable[..., Any]:
    """Anybody may read what the API can do: whoever writes a program has no token yet."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


api = NinjaAPI(
    title="Trait d’union",
    version="1",
    description="The plan, for programs. Errors are application/problem+json; every POST takes"
    " an Idempotency-Key. docs/reference/api.md says the rest.",
    urls_namespace="api",
    auth=Bearer(),
    docs_decorator=_public,
)
problems.handle(api)
for router in ROUTERS:
    api.add_router("", router)
