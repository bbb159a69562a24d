"""Addresses of the contacts."""

from django.urls import path

from clients.views import confidential, contact, courts, export, imports, listing, reach, trail

app_name = "clients"

urlpatterns = [
    path("", listing.contacts, name="list"),
    path("new/", contact.enter, {"kind": "person"}, name="enter"),
    path("new/organisation/", contact.enter, {"kind": "organisation"}, name="enter_organisation"),
    path("export/", export.export, name="export"),
    path("courts/", courts.courts, name="courts"),
    path("courts/new/", courts.enter, name="enter_court"),
    path("import/", imports.imports, name="imports"),
    path("import/<uuid:public_id>/", imports.one_import, name="import"),
    path("<uuid:public_id>/", contact.contact, name="detail"),
    path("<uuid:public_id>/edit/", contact.change, name="change"),
    path("<uuid:public_id>/seat/", courts.correct_seat, name="correct_seat"),
    path("<uuid:public_id>/names/", reach.parts, {"noun": "names"}, name="names"),
    path("<uuid:public_id>/points/", reach.parts, {"noun": "points"}, name="points"),
    path("<uuid:public_id>/addresses/", reach.parts, {"noun": "addresses"}, name="addresses"),
    path("<uuid:public_id>/share/<uuid:share_id>/", reach.share, name="share"),
    path("<uuid:public_id>/confidential/", confidential.confidential, name="confidential"),
    path("<uuid:public_id>/release/", contact.release, name="release"),
    path("<uuid:public_id>/history/", trail.history, name="history"),
    path("<uuid:public_id>/readers/", trail.readers, name="readers"),
]
