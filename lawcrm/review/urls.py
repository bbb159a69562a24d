"""Addresses of the review of the logs."""

from django.urls import path, re_path

from lawcrm.review import month_views, views

app_name = "review"
urlpatterns = [
    path("", views.log, name="log"),
    path("keep/", views.keep, name="keep"),
    path("ready/<slug:code>/", views.ready, name="ready"),
    path("kept/<uuid:public_id>/", views.kept, name="kept"),
    path("kept/<uuid:public_id>/drop/", views.drop, name="drop"),
    path("reading/", views.reading, name="volume"),
    path("reading/<uuid:public_id>/", views.reading, name="reader"),
    path("months/", month_views.months, name="months"),
    path("months/make/", month_views.make, name="make"),
    path("months/<uuid:public_id>/", month_views.month, name="month"),
    path("months/<uuid:public_id>/answer/<slug:question>/", month_views.answer, name="answer"),
    path("months/<uuid:public_id>/sign/", month_views.sign, name="sign"),
    re_path(r"^months/(?P<public_id>[0-9a-f-]{36})/export\.(?P<form>csv|json)$", month_views.export, name="export"),
]
