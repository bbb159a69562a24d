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


def test_practice_groups_are_told_apart() -> None:
    user = personas.user_for("lawyer")
    personas.practice_group("Family law", user)
    assert user.role_permissions() == frozenset(ROLES["lawyer"].permissions)
    assert user.groups.count() == 2
