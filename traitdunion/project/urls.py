"""Every address; each area brings its own."""

from django.urls import include, path

from traitdunion.api.routes import api

urlpatterns = [path("api/v1/", api.urls), path("", include("traitdunion.web.urls"))]

handler400 = "traitdunion.web.errors.bad_request"
handler403 = "traitdunion.web.errors.forbidden"
handler404 = "traitdunion.web.errors.not_found"
handler500 = "traitdunion.web.errors.server_error"
