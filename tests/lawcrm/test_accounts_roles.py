"""Roles: what they may do, and that they never let anyone see."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from guardian.utils import get_group_obj_perms_model

from lawcrm.accounts import roles
from lawcrm.accounts.models import GroupKind
from lawcrm.accounts.roles import ROLES
from tests import personas

pytestmark = pytest.mark.django_db

PERMISSIONS = sorted({permission for role in ROLES.values() for permission in role.permissions})


def test_the_roles_of_a_firm_are_there_after_migration() -> None:
    named = Group.objects.filter(kind__kind=GroupKind.Kind.ROLE).values_list("name", flat=True)
    assert sorted(named) == sorted(ROLES)


@pytest.mark.parametrize("permission", PERMISSIONS)
def test_every_permission_of_a_role_exists(permission: str) -> None:
    app, codename = permission.split(".")
    declared = {
        name
        for model in apps.get_app_config(app).get_models()
        for name in [
            *(f"{action}_{model._meta.model_name}" for action in model._meta.default_permissions),
            *(name for name, _words in model._meta.permissions),
        ]
    }
    assert codename in declared, f"{permission} is declared by no model; {app} has {sorted(declared)}"


@pytest.mark.parametrize("name", list(ROLES))
def test_a_role_group_holds_exactly_its_permissions(name: str) -> None:
    held = Permission.objects.filter(group__name=name).values_list("content_type__app_label", "codename")
    assert sorted(f"{app}.{code}" for app, code in held) == sorted(set(ROLES[name].permissions))


@pytest.mark.parametrize("name", list(ROLES))
def test_a_person_with_a_role_holds_its_permissions(name: str) -> None:
    assert personas.user_for(name).role_permissions() == frozenset(ROLES[name].permissions)


def test_synchronising_takes_back_what_a_role_no_longer_has() -> None:
    group = Group.objects.get(name="auditor")
    stray = Permission.objects.get(content_type__app_label="accounts", codename="delete_user")
    group.permissions.add(stray)
    roles.synchronise("accounts")
    assert not group.permissions.filter(pk=stray.pk).exists()


def test_an_administrator_may_see_no_content() -> None:
    opened = {permission.split(".")[0] for permission in ROLES["administrator"].permissions}
    assert opened == {"accounts", "auth", "lawcrm"}


def test_role_groups_carry_no_grants_on_objects() -> None:
    grants = [
        model
        for model in apps.get_models()
        if issubclass(model, get_group_obj_perms_model().__mro__[1]) or model.__name__.endswith("GroupObjectPermission")
    ]
    assert grants
    for model in grants:
        assert not model._default_manager.filter(group__kind__kind=GroupKind.Kind.ROLE).exists()


def test_superusers_may_nothing_by_it() -> None:
    user = personas.user_for()
    user.is_superuser = True
    user.save()
    assert not user.has_perm("clients.view_contact")
    assert not user.has_module_perms("clients")
    assert personas.signed_in(user).get("/admin/").status_code == 302


def test_the_page_says_in_words_what_each_role_may_do() -> None:
    client = personas.client_for("auditor")
    text = client.get(reverse("accounts:roles")).content.decode()
    assert all(str(role.name) in text and str(role.may[0]).replace("'", "&#x27;") in text for role in ROLES.values())


# Where a sentence of the page can be tried without any row; the others are decided on a matter, contact or account.
DOORS = {
    roles.WORK.words: "clients:enter",
    roles.OPEN.words: "matters:new",
    roles.ENTER.words: "deadlines:enter",
    roles.CHECK.words: "conflicts:ask",
    roles.PURPOSES.words: "consent:new_purpose",
    roles.MAIL.words: "status",
    roles.BREAK.words: "matters:ask_break_glass",
    roles.IMPORT.words: "clients:imports",
    "Import and export contacts": "clients:export",
    "Form practice groups, and keep those they were made keeper of": "accounts:form_group",
    "Ask that somebody takes over what a leaver alone answered for; a second partner confirms": "matters:takeovers",
    "Vouch for a new account, which then waits no more for what reaches beyond its own matters": "accounts:newcomers",
    "Keep and import contacts": "clients:imports",
    "Open matters": "matters:new",
    "See contacts": "clients:list",
    "Read the retention plan, place holds, restrict the use of a person's data": "privacy:new_hold",
    "Set how often access is reviewed, see who is late, export the records": "privacy:export_reviews",
    "Invite staff, give roles, end access": "accounts:people_left",
    "Ask for somebody's new password, second factor or address, which another administrator confirms": (
        "accounts:changes"
    ),
    "Decide which second factor each role needs": "accounts:factor_rules",
    "Ask how many matters a person sees, and whether a given number is among them; that person is told": (
        "matters:see_as"
    ),
    "Read the journal, the retention plan and the certificates": "privacy:certificates",
    "See whether the system and its jobs run": "status",
}
STAFF = [name for name, role in ROLES.items() if not role.for_externals]


@pytest.mark.parametrize("words", DOORS, ids=str)
def test_a_door_opens_to_the_roles_whose_page_says_so_and_to_no_other(words: str) -> None:
    """A role with a sentence gets in; one that holds none of its permissions is refused."""
    (right, *_same) = [right for role in ROLES.values() for right in role.rights if right.words == words]
    found = {name: personas.client_for(name).get(reverse(DOORS[words])).status_code != 403 for name in STAFF}
    saying = {name for name in STAFF if words in ROLES[name].may}
    holding = {name for name in STAFF if not set(ROLES[name].permissions).isdisjoint(right.permissions)}
    assert saying
    assert saying <= {name for name, opens in found.items() if opens} <= holding


def test_every_sentence_stands_for_permissions_that_are_there_and_none_is_without_one() -> None:
    known = {f"{app}.{code}" for app, code in Permission.objects.values_list("content_type__app_label", "codename")}
    for role in ROLES.values():
        assert all(right.permissions and known.issuperset(right.permissions) for right in role.rights)
    for words, wanted in roles.NOT_BY_ROLE:
        assert known.issuperset(wanted), words
        assert all((words in role.may_not) is set(role.permissions).isdisjoint(wanted) for role in ROLES.values())


def test_practice_groups_are_told_apart() -> None:
    user = personas.user_for("lawyer")
    personas.practice_group("Family law", user)
    assert user.role_permissions() == frozenset(ROLES["lawyer"].permissions)
    assert user.groups.count() == 2
