"""A matter keeps its responsible lawyer and somebody who manages it inside every wall."""

from django.utils.translation import gettext as _

from lawcrm import access
from matters.actions import team
from matters.actions.refused import Refused
from matters.models import Matter
from matters.queries import leading


class ResponsibleBehindWall(Refused):
    def __init__(self, name: str) -> None:
        super().__init__(_("%(name)s stands behind a wall and cannot answer for this matter.") % {"name": name})


def require_inside(matter: Matter) -> None:
    """After a change of client or responsible lawyer, in its transaction; planned walls count."""
    with access.as_system("who leads the matter"):
        present = Matter.objects.select_related("responsible").get(pk=matter.pk)
        if leading.is_kept_out(present, present.responsible_id):
            raise ResponsibleBehindWall(present.responsible.full_name)
        if leading.without_manager([present], ()) is not None:
            raise team.LastManager
