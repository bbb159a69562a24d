"""A firm running for the journeys: `manage.py demo` with servers, worker, beat and mail sink of its own."""

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = ("DATABASE_URL", "DATABASE_OWNER_URL", "KEYS_DATABASE_URL", "KEYS_DATABASE_OWNER_URL", "REDIS_URL")
PATIENCE = 240  # a first start on a machine whose two cores run other tests
READY = "Ctrl-C stops it"


class Firm:
    """The processes of one demo, and a way to set rows up in its database."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.output = state.parent / "output"
        self.environment = {key: value for key, value in os.environ.items() if key not in NOT_OURS} | {
            "LAWCRM_STATE": str(self.state),
            "LAWCRM_DURABLE": "0",
            "LAWCRM_SMTP_PORT": str(free_port()),  # other demos look for a free one at the same moment
            "DJANGO_SETTINGS_MODULE": "lawcrm.settings.demo",
        }
        self.environment.pop("FIRM_NAME", None)
        self.process: subprocess.Popen[bytes] | None = None
        self.address = ""

    def start(self) -> str:
        """Its address, once it answers."""
        with self.output.open("w") as output:
            self.process = subprocess.Popen(  # noqa: S603
                [sys.executable, ROOT / "manage.py", "demo", "--port", str(free_port())],
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        until = time.monotonic() + PATIENCE
        while READY not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < until, self.said()
            time.sleep(0.1)
        return next(word for word in self.said().split() if word.startswith("http://"))

    def said(self) -> str:
        return self.output.read_text()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(PATIENCE)

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self._run(str(ROOT / "manage.py"), *arguments)

    def stage(self, scene: str, **facts: Any) -> Any:
        """What a function of `stage.py` answers, run in the firm's own settings and database."""
        done = self._run("-m", "tests.journeys.stage", scene, json.dumps(facts))
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def _run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603
            [sys.executable, *command], env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False
        )

    def log(self, name: str) -> str:
        path = self.state / "logs" / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""


def token() -> str:
    """A made-up stem, so that names of one test are found nowhere else: letters only, no digits in names."""
    return "Q" + "".join(secrets.choice("bdfgklmnprstvz") + secrets.choice("aeiou") for _n in range(4))
