"""Addresses of the deadline book."""

from django.urls import include, path

from deadlines.views import (
    absences,
    book,
    calendar,
    converting,
    detail,
    docket,
    entering,
    extending,
    feeds,
    holidays,
    matter,
    proposals,
    quiet,
    sheet,
    todo,
)

book_patterns = [
    path("", book.deadline_list, name="list"),
    path("month/", calendar.month, name="month"),
    path("week/", calendar.week, name="week"),
    path("sheet/", sheet.sheet, name="sheet"),
    path("sheet/sign/", sheet.sign, name="sign_sheet"),
    path("sheet/print/", sheet.printed, name="print_sheet"),
    path("nothing-open/", quiet.nothing_open, name="nothing_open"),
    path("new/", entering.enter, name="enter"),
    path("absences/", absences.absence_list, name="absences"),
    path("absences/<uuid:public_id>/remove/", absences.remove, name="remove_absence"),
    path("calendars/", holidays.calendar_list, name="calendars"),
    path("calendars/<slug:place>/", holidays.calendar, name="calendar"),
    path("calendars/days/<uuid:public_id>/withdraw/", holidays.withdraw, name="withdraw_holiday"),
    path("docket/", docket.entries, name="docket"),
    path("docket/<uuid:public_id>/found/", docket.found, name="docket_found"),
    path("tasks/", todo.task_list, name="tasks"),
    path("tasks/new/", todo.add, name="add_task"),
    path("tasks/<uuid:public_id>/done/", todo.finish, name="finish_task"),
    path("tasks/<uuid:public_id>/deadline/", converting.to_deadline, name="task_to_deadline"),
    path("tasks/<uuid:public_id>/reopen/", todo.reopen, name="reopen_task"),
    path("feeds/", feeds.feed_list, name="feeds"),
    path("feeds/new/", feeds.make, name="make_feed"),
    path("feeds/<uuid:public_id>/revoke/", feeds.revoke, name="revoke_feed"),
    path("<uuid:public_id>/", detail.detail, name="detail"),
    path("<uuid:public_id>/confirm/", detail.confirm, name="confirm"),
    path("<uuid:public_id>/acknowledge/", detail.acknowledge, name="acknowledge"),
    path("proposals/", proposals.proposal_list, name="proposals"),
    path("<uuid:public_id>/trigger/", proposals.change_trigger, name="change_trigger"),
    path("<uuid:public_id>/proposal/accept/", proposals.accept, name="accept_proposal"),
    path("<uuid:public_id>/proposal/decline/", proposals.decline, name="decline_proposal"),
    path("<uuid:public_id>/move/", entering.move, name="move"),
    path("<uuid:public_id>/done/", detail.done, name="done"),
    path("<uuid:public_id>/check/", detail.check, name="check"),
    path("<uuid:public_id>/reopen/", detail.reopen, name="reopen"),
    path("<uuid:public_id>/extension/", extending.ask, name="ask_extension"),
    path("<uuid:public_id>/extension/answer/", extending.answer, name="answer_extension"),
    path("<uuid:public_id>/task/", converting.to_task, name="to_task"),
    path("<uuid:public_id>/strike/", detail.strike, name="strike"),
]

app_name = "deadlines"
urlpatterns = [
    path("deadlines/", include(book_patterns)),
    path("matters/<uuid:public_id>/deadlines/", matter.of_matter, name="of_matter"),
    path("calendar/<str:token>.ics", feeds.feed, name="feed"),
]
