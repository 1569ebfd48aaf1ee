"""The doors of the portal."""

from django.contrib import admin
from django.urls import include, path
from django.utils.translation import gettext_lazy
from django.views.i18n import JavaScriptCatalog

from .health import healthz, readyz
from .language import choose_language

handler400 = "geoportal.errors.bad_request"
handler404 = "geoportal.errors.not_found"
handler500 = "geoportal.errors.server_error"

admin.autodiscover()
admin.site.site_header = admin.site.site_title = gettext_lazy("Geoportal administration")
admin.site.index_title = gettext_lazy("Administration")

urlpatterns = [
    path("", include("geoportal.accounts.urls")),
    path("", include("geoportal.cases.urls")),
    path("", include("geoportal.field.urls")),
    path("", include("geoportal.help.urls")),
    path("", include("geoportal.imports.urls")),
    path("", include("geoportal.jobs.urls")),
    path("", include("geoportal.ogc.urls")),
    path("", include("geoportal.portal.urls")),
    path("", include("geoportal.take_away.urls")),
    path("", include("geoportal.workbench.urls")),
    path("", include("tiles.urls")),
    path("healthz", healthz),
    path("readyz", readyz),
    path("admin/", admin.site.urls),
    path("i18n/setlang/", choose_language, name="set_language"),
    path("i18n/messages.js", JavaScriptCatalog.as_view(packages=["geoportal.portal"]), name="messages"),
    path("", include("geoportal.directory.urls")),
]
