"""Addresses of matters."""

from django.urls import path

from matters.views import access, communication, details, documents, listing, opening, overview

app_name = "matters"
urlpatterns = [
    path("", listing.matter_list, name="list"),
    path("find/", listing.search, name="search"),
    path("new/", opening.new, name="new"),
    path("new/find/", opening.find_contact, name="find_contact"),
    path("<uuid:public_id>/", overview.detail, name="detail"),
    path("<uuid:public_id>/change/", details.change, name="change"),
    path("<uuid:public_id>/close/", details.close, name="close"),
    path("<uuid:public_id>/reopen/", details.reopen, name="reopen"),
    path("<uuid:public_id>/communication/", communication.communication_list, name="communication_list"),
    path("<uuid:public_id>/communication/mail/", communication.mail, name="file_mail"),
    path("<uuid:public_id>/communication/log/<slug:kind>/", communication.log, name="log"),
    path("<uuid:public_id>/communication/<uuid:item>/", communication.communication, name="communication"),
    path("<uuid:public_id>/documents/", documents.document_list, name="documents"),
    path("<uuid:public_id>/documents/add/", documents.add, name="add_documents"),
    path("<uuid:public_id>/documents/<uuid:item>/", documents.fetch, name="document"),
    path("<uuid:public_id>/parties/", details.party_list, name="parties"),
    path("<uuid:public_id>/parties/add/", details.add_party, name="add_party"),
    path("<uuid:public_id>/parties/end/", details.end_party, name="end_party"),
    path("<uuid:public_id>/access/", access.access_page, name="access"),
    path("<uuid:public_id>/access/give/", access.grant, name="grant"),
    path("<uuid:public_id>/access/withdraw/", access.withdraw, name="withdraw"),
    path("<uuid:public_id>/access/wall/", access.raise_wall, name="raise_wall"),
    path("<uuid:public_id>/access/wall/lower/", access.lower_wall, name="lower_wall"),
    path("<uuid:public_id>/history/", details.history, name="history"),
]
