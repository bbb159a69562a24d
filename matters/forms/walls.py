"""Forms about walls: whom they keep out, from which day to which, and what those people are told."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from lawcrm.accounts.models import User
from matters.actions import notices
from matters.actions.team import Principal
from matters.actions.walls import Terms
from matters.forms.access import reason_field
from matters.forms.opening import PeopleField
from matters.models import Wall
from matters.queries import walls


def beginning_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


class KeptOutField(PeopleField):
    """Whoever left may return, and so is offered too; last, and marked."""

    def label_from_instance(self, obj: Any) -> str:
        name = super().label_from_instance(obj)
        is_gone = isinstance(obj, User) and (not obj.is_active or obj.has_ended)
        return _t("%(name)s (account ended)") % {"name": name} if is_gone else name


class KeptOutForm(forms.Form):
    """Whom a wall keeps out and until when; the fields of changing one."""

    people = KeptOutField(
        label=_("People kept out"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    groups = PeopleField(
        label=_("Practice groups kept out"),
        queryset=Group.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Whoever joins the group later is kept out too."),
    )
    ends_on = forms.DateField(
        label=_("Last day"), required=False, help_text=_("It ends by itself after this day; empty until lowered.")
    )
    reason = reason_field()

    def __init__(self, *args: Any, wall: Wall | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["people"].queryset = User.objects.order_by("-is_active", "full_name")  # type: ignore[attr-defined]
        groups = walls.groups_to_keep_out(wall)
        if groups.exists():
            self.fields["groups"].queryset = groups  # type: ignore[attr-defined]
        else:
            del self.fields["groups"]

    def against(self) -> list[Principal]:
        return [*self.cleaned_data["people"], *self.cleaned_data.get("groups", [])]

    def ends_at(self) -> datetime | None:
        last = self.cleaned_data["ends_on"]
        return beginning_of(last + timedelta(days=1)) if last else None

    @staticmethod
    def as_it_stands(wall: Wall) -> dict[str, Any]:
        bars = walls.open_bars(wall)
        return {
            "people": [bar.user_id for bar in bars if bar.user_id],
            "groups": [bar.group_id for bar in bars if bar.group_id],
            "ends_on": timezone.localdate(wall.ends_at) - timedelta(days=1) if wall.ends_at else None,
        }


class WallForm(KeptOutForm):
    """A new wall. What those kept out are told is written for them, not about the case."""

    starts_on = forms.DateField(
        label=_("First day"),
        required=False,
        help_text=_("Empty: it stands from this moment. A later day, such as a colleague's first one, is waited for."),
    )
    notice = forms.CharField(
        label=_("What they are told"),
        max_length=1000,
        required=False,
        initial=notices.standard_words,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Read by the people kept out, who acknowledge it. Name neither the client nor the matter."),
    )
    is_silent = forms.BooleanField(
        label=_("Tell nobody"),
        required=False,
        help_text=_("For an internal inquiry; say why in the reason. Nobody is asked to acknowledge."),
    )

    field_order = ("people", "groups", "starts_on", "ends_on", "notice", "is_silent", "reason")

    def terms(self) -> Terms:
        values = self.cleaned_data
        first = values["starts_on"]
        return Terms(
            starts_at=beginning_of(first) if first and first != timezone.localdate() else None,
            ends_at=self.ends_at(),
            notice=values["notice"],
            is_silent=values["is_silent"],
        )
