"""What workers do for accounts."""

from datetime import datetime, timedelta

from django.db import transaction

from lawcrm import jobs
from lawcrm.accounts.actions import account_changes, staff


@jobs.scheduled("accounts.end_on_day", every=timedelta(hours=1), grace=timedelta(hours=2))
def end_accounts(now: datetime) -> int:
    return staff.end_accounts_whose_day_is_over(now=now)


@jobs.scheduled("accounts.change_addresses", every=timedelta(hours=1), grace=timedelta(hours=2))
def change_addresses(now: datetime) -> int:
    with transaction.atomic():
        return account_changes.carry_out_due(now=now)
