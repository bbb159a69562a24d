"""Addresses of the deadline book."""

from django.urls import include, path

from deadlines.views import book, detail, entering, matter, todo

book_patterns = [
    path("", book.deadline_list, name="list"),
    path("new/", entering.enter, name="enter"),
    path("tasks/", todo.task_list, name="tasks"),
    path("tasks/new/", todo.add, name="add_task"),
    path("tasks/<uuid:public_id>/done/", todo.finish, name="finish_task"),
    path("tasks/<uuid:public_id>/reopen/", todo.reopen, name="reopen_task"),
    path("<uuid:public_id>/", detail.detail, name="detail"),
    path("<uuid:public_id>/confirm/", detail.confirm, name="confirm"),
    path("<uuid:public_id>/acknowledge/", detail.acknowledge, name="acknowledge"),
    path("<uuid:public_id>/move/", entering.move, name="move"),
    path("<uuid:public_id>/done/", detail.done, name="done"),
    path("<uuid:public_id>/strike/", detail.strike, name="strike"),
]

app_name = "deadlines"
urlpatterns = [
    path("deadlines/", include(book_patterns)),
    path("matters/<uuid:public_id>/deadlines/", matter.of_matter, name="of_matter"),
]
