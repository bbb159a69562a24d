"""Which sealed fields of a contact the viewer may know of: asked here and nowhere else."""

from lawcrm import access

# Without the flag a person is told neither the value, nor whether there is one, nor that it changed.
NEEDS = {"national_id": "id_numbers", "born_on": "id_numbers", "special_note": "special"}


def readable() -> tuple[str, ...]:
    viewer = access.required()
    return tuple(name for name, flag in NEEDS.items() if viewer.system or flag in viewer.flags)
