"""Addresses of consents; the withdrawal link stands outside, short and without the app's name."""

from django.urls import path

from consent import views

app_name = "consent"
urlpatterns = [
    path("contact/<uuid:public_id>/", views.of_contact, name="of_contact"),
    path("contact/<uuid:public_id>/record/", views.record, name="record"),
    path("<uuid:public_id>/withdraw/", views.withdraw, name="withdraw"),
    path("purposes/", views.purposes, name="purposes"),
    path("purposes/new/", views.new_purpose, name="new_purpose"),
    path("purposes/<uuid:public_id>/", views.purpose, name="purpose"),
    path("purposes/<uuid:public_id>/wording/", views.new_wording, name="new_wording"),
]
