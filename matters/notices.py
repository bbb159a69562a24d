"""Mail to staff about matters: that something happened, never what or about whom."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from lawcrm import access, outbox
from lawcrm.accounts.models import User
from lawcrm.doors.safe_mail import Mail
from lawcrm.models.outbox import OutboxMessage
from matters.actions import group_walls, groups
from matters.models import Wall


def register() -> None:
    outbox.kind(groups.KIND, policy=outbox.RESEND, compose=_group_joined, may_send=groups.may_tell)
    outbox.kind(group_walls.KIND, policy=outbox.RESEND, compose=_member_left, may_send=group_walls.may_tell)


def _group_joined(message: OutboxMessage) -> Mail:
    return _mail(message, "group_joined", settings.SITE_URL + reverse("today"))


def _member_left(message: OutboxMessage) -> Mail:
    with access.as_system("where a wall is changed"):
        wall = Wall.objects.select_related("matter", "contact").get(pk=message.thing_id)
    return _mail(message, "wall_member_left", settings.SITE_URL + address_of(wall))


def address_of(wall: Wall) -> str:
    """The page on which it is changed or lowered."""
    if wall.matter is not None:
        return reverse("matters:access", args=[wall.matter.public_id])
    return reverse("matters:client_walls", args=[wall.contact.public_id]) if wall.contact is not None else ""


def _mail(message: OutboxMessage, name: str, link: str) -> Mail:
    person = User.objects.get(pk=message.recipient_id)
    with translation.override(person.interface_language):
        text = render_to_string(f"mail/matters/{name}.txt", {"person": person.full_name, "link": link})
    subject, _blank, body = text.strip().partition("\n")
    return Mail(to=person.email, to_name=person.full_name, subject=subject.strip(), text=body.strip() + "\n")
