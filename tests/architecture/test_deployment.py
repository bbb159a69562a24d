"""The production files agree with each other and give nothing more rights than it needs."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from lawcrm.settings.demands import ALWAYS, MAIL, OWNERS
from tests.architecture.source import ROOT

OURS = ("web", "worker", "beat", "watchdog", "migrate", "backup")
SERVING = ("web", "worker", "beat", "watchdog")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return loaded


def secret_names(service: dict[str, Any]) -> set[str]:
    return set(service.get("secrets", []))


def test_every_name_a_service_uses_is_declared(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert secret_names(service) <= compose["secrets"].keys(), name
        assert set(service["networks"]) <= compose["networks"].keys(), name
        assert set(service.get("depends_on", {})) <= compose["services"].keys(), name
        volumes = {volume.split(":")[0] for volume in service.get("volumes", []) if volume[0] not in ".$"}
        assert volumes <= compose["volumes"].keys(), name


def test_every_secret_file_it_points_to_is_given_to_it(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        pointed = re.findall(r"/run/secrets/(\w+)", repr([service.get(part) for part in ("environment", "command")]))
        assert set(pointed) <= secret_names(service), name


@pytest.mark.parametrize("name", OURS)
def test_ours_get_every_setting_production_demands(compose: dict[str, Any], name: str) -> None:
    given = compose["services"][name]["environment"].keys()
    demanded = {*ALWAYS, *MAIL, "MASTER_KEY", *(OWNERS if name in ("migrate", "backup") else ())}
    assert [setting for setting in demanded if not {setting, f"{setting}_FILE"} & given] == []


@pytest.mark.parametrize("name", SERVING)
def test_what_serves_never_holds_the_rights_of_the_owner(compose: dict[str, Any], name: str) -> None:
    held = {secret for secret in secret_names(compose["services"][name]) if re.search("owner|superuser|backup", secret)}
    assert held == set()


@pytest.mark.parametrize("name", [*OURS, "valkey", "proxy"])
def test_what_can_be_reached_is_confined(compose: dict[str, Any], name: str) -> None:
    service = compose["services"][name]
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert "no-new-privileges:true" in service["security_opt"]


def test_only_the_proxy_is_reached_from_outside(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    assert compose["networks"]["inner"]["internal"] is compose["networks"]["edge"]["internal"] is True
    assert sorted(name for name, service in services.items() if "inner" not in service["networks"]) == ["proxy"]
    assert {name for name, service in services.items() if "edge" in service["networks"]} == {"proxy", "web"}


def test_web_believes_the_proxy_s_address_only(compose: dict[str, Any]) -> None:
    address = compose["services"]["proxy"]["networks"]["edge"]["ipv4_address"]
    assert compose["services"]["web"]["environment"]["FORWARDED_ALLOW_IPS"] == address


def test_long_running_services_have_limits_and_a_health_check(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        if name in ("migrate", "backup"):
            continue
        assert service["deploy"]["resources"]["limits"]["memory"], name
        checked = "healthcheck" in service or name == "web"  # web's is in the Dockerfile
        assert checked or name == "proxy", name


def test_the_secrets_script_makes_every_secret_once(compose: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "make-secrets").write_text((ROOT / "deploy" / "make-secrets").read_text())
    command = ["sh", str(tmp_path / "make-secrets")]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603
    made = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    assert made.keys() == compose["secrets"].keys()
    assert made["database_url"] != made["database_owner_url"]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603
    assert {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()} == made
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0


def test_the_image_runs_without_root_and_holds_no_secret() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    final = dockerfile.split("\nFROM ")[-1]
    assert "\nUSER lawcrm\n" in final
    assert "HEALTHCHECK" in final
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert ignored[0] == "*"
    assert not any("secrets" in line or ".env" in line or line == "!deploy" for line in ignored)


def test_the_variables_of_the_example_are_those_in_use() -> None:
    example = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    used = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    assert used - {"LAWCRM_VERSION"} == example


def test_the_proxy_s_log_has_no_query_no_token_and_no_cookie() -> None:
    caddy = (ROOT / "deploy" / "Caddyfile").read_text()
    found = re.search(r'request>uri regexp "(.*)" "\[masked\]"', caddy)
    assert found
    for path in ("/contacts/?q=Ulfsdotter", "/sign-in/link/" + "Ab3" * 20 + "/", f"/calendar/{'Ab3_-' * 9}.ics"):
        masked = re.sub(found[1], "[masked]", path)
        assert "Ulfsdotter" not in masked
        assert "Ab3" not in masked
    assert "request>headers delete" in caddy
