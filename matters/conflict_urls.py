"""Addresses of conflict checks."""

from django.urls import path

from matters.views import conflicts

app_name = "conflicts"
urlpatterns = [
    path("", conflicts.check_list, name="list"),
    path("new/", conflicts.ask, name="ask"),
    path("<uuid:public_id>/", conflicts.detail, name="detail"),
]
