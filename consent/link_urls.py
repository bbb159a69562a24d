"""The address of a withdrawal link."""

from django.urls import path

from consent import views

urlpatterns = [path("<str:token>/", views.withdraw_by_link, name="withdraw")]
