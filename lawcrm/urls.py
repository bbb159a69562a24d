"""All addresses of the product; apps are named by string."""

from django.contrib import admin
from django.urls import include, path
from django.urls.resolvers import URLPattern, URLResolver

from lawcrm import ui_gallery, ui_views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("lawcrm.accounts.urls")),
    path("conflicts/", include("matters.conflict_urls")),
    path("privacy/", include("privacy.urls")),
    path("admin/", admin.site.urls),
    path("contacts/", include("clients.urls")),
    path("ui/", ui_gallery.gallery, name="ui_gallery"),
    path("ui/theme/", ui_views.set_theme, name="ui_theme"),
    path("ui/stay/", ui_views.stay_signed_in, name="ui_stay"),
]
