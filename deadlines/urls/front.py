"""The address of the front page, outside the namespace."""

from django.urls import path

from deadlines.views.today import today

urlpatterns = [path("", today, name="today")]
