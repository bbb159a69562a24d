"""All addresses of the product; apps are named by string."""

from django.contrib import admin
from django.urls import include, path
from django.urls.resolvers import URLPattern, URLResolver

from lawcrm import status_views, ui_gallery, ui_views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("lawcrm.accounts.urls")),
    path("conflicts/", include("matters.conflict_urls")),
    path("consent/", include("consent.urls")),
    path("w/", include("consent.link_urls")),
    path("", include("deadlines.urls.front")),
    path("", include("deadlines.urls")),
    path("privacy/", include("privacy.urls")),
    path("admin/", admin.site.urls),
    path("contacts/", include("clients.urls")),
    path("status/", status_views.show, name="status"),
    path("status/mail/<uuid:public_id>/send-again/", status_views.resend, name="outbox_resend"),
    path("status/mail/<uuid:public_id>/give-up/", status_views.give_up, name="outbox_give_up"),
    path("health/live", status_views.live, name="health_live"),
    path("health/ready", status_views.ready, name="health_ready"),
    path("health/on-time", status_views.on_time, name="health_on_time"),
    path("demo/mail/", status_views.demo_mails, name="demo_mails"),
    path("demo/mail/<str:name>/", status_views.demo_mail, name="demo_mail"),
    path("matters/", include("matters.urls")),
    path("review/", include("lawcrm.review.urls")),
    path("search/", ui_views.search, name="search"),
    path("search/palette/", ui_views.search_palette, name="search_palette"),
    path("ui/", ui_gallery.gallery, name="ui_gallery"),
    path("ui/theme/", ui_views.set_theme, name="ui_theme"),
    path("ui/stay/", ui_views.stay_signed_in, name="ui_stay"),
    path("ui/session/", ui_views.session_state, name="ui_session"),
    path("ui/signed-in/", ui_views.signed_in, name="ui_signed_in"),
]
