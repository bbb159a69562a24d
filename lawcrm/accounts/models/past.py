"""What an account was: written by a trigger, so that no road into the table goes past it."""

from django.db import models

from lawcrm.accounts.models.people import User
from lawcrm.personal_data import PersonalData


class AccountPast(models.Model):
    """The facts that decide about an account, as each change left them. No names, no password."""

    user = models.ForeignKey(User, on_delete=models.DO_NOTHING, db_constraint=False, related_name="past")
    at = models.DateTimeField()
    # The database's own idea of who asked: 0 for nobody signed in.
    changed_by = models.IntegerField()
    changed_as = models.CharField(max_length=20)
    email = models.EmailField()
    is_active = models.BooleanField()
    is_staff = models.BooleanField()
    is_superuser = models.BooleanField()
    ends_on = models.DateField(null=True)

    personal_data = PersonalData(
        subject="staff",
        path="user",
        fields={
            "user": "technical",
            "at": "technical",
            "changed_by": "technical",
            "changed_as": "technical",
            "email": "contact",
            "ends_on": "technical",
        },
        none=["is_active", "is_staff", "is_superuser"],
        purpose="accountability",
        retention="journal",
        erase="keep",
    )

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["user", "-id"], name="accounts_past_of")]

    def __str__(self) -> str:
        return f"account past {self.pk}"
