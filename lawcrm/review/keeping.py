"""Keeping a question to the logs under a name, and dropping it."""

from typing import Any

from django.utils.translation import gettext as _

from lawcrm import audit
from lawcrm.accounts.models import User
from lawcrm.models import LogQuestion


class NotYours(audit.Refused):
    def __init__(self) -> None:
        super().__init__(_("Only who kept this question may drop it."))


@audit.attempt("log_question.kept")
def keep_question(*, actor: User, name: str, is_shared: bool, **asked: Any) -> LogQuestion:
    question = LogQuestion.objects.create(owner=actor, name=name, is_shared=is_shared, **asked)
    audit.record("log_question.kept", question, shared=is_shared)
    return question


@audit.attempt("log_question.dropped", on="question")
def drop_question(*, actor: User, question: LogQuestion) -> None:
    """Reviews that asked it keep their figures."""
    if question.owner_id != actor.pk:
        raise NotYours
    audit.record("log_question.dropped", question)
    question.delete()
