"""What happens around every address under /api/: no page, no cache, nothing enormous."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from traitdunion.api import problems

Handler = Callable[[HttpRequest], HttpResponse]
PREFIX = "/api/"
# Every body is one small object; what is long comes as a file, by the pages or the commands.
BIGGEST_BODY = 100_000
KEPT_HEADERS = ("Allow", "Retry-After")


def machines(get_response: Handler) -> Handler:
    """An error told as a page (unknown address, wrong method, a bug) becomes a problem."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(PREFIX):
            return get_response(request)
        if _length(request) > BIGGEST_BODY:
            return problems.of_status(request, 413)
        response = get_response(request)
        is_told = response["Content-Type"].startswith(problems.MEDIA_TYPE)
        if response.status_code >= 400 and not is_told:
            response = _told(request, response)
        response.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def _length(request: HttpRequest) -> int:
    said = request.META.get("CONTENT_LENGTH") or "0"
    return int(said) if said.isdecimal() else 0


def _told(request: HttpRequest, page: HttpResponse) -> HttpResponse:
    told = problems.of_status(request, page.status_code)
    for name in KEPT_HEADERS:
        if name in page:
            told[name] = page[name]
    return told
