"""Addresses of the privacy office."""

from django.urls import path

from privacy import views

app_name = "privacy"
urlpatterns = [
    path("", views.plan, name="plan"),
    path("plan/<uuid:public_id>/", views.item, name="item"),
    path("plan/<uuid:public_id>/put-forward/", views.put_forward, name="put_forward"),
    path("plan/<uuid:public_id>/release/", views.release, name="release"),
    path("holds/", views.holds, name="holds"),
    path("holds/new/", views.new_hold, name="new_hold"),
    path("holds/<uuid:public_id>/release/", views.release_hold, name="release_hold"),
    path("certificates/", views.certificates, name="certificates"),
    path("certificates/<uuid:public_id>/", views.certificate, name="certificate"),
    path("restriction/<uuid:public_id>/", views.restriction, name="restriction"),
    path("schedule/", views.schedule, name="schedule"),
]
