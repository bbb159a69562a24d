"""Log lines as JSON that carry no personal data: no query strings, no addresses, no values from errors."""

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from types import TracebackType

QUERY = re.compile(r"\?[^\s\"'>)\]]+")
ADDRESS = re.compile(r"[^\s@<>\"'(),;:=]+@[^\s@<>\"'(),;:]+")
# Signed links and tokens stand in paths; an id (36 characters) does not match.
TOKEN = re.compile(r"[\w:=-]{40,}")
OUR_ROOMS = ("lawcrm", "clients", "matters", "deadlines", "consent", "privacy")


def masked(text: str) -> str:
    return TOKEN.sub("[token]", ADDRESS.sub("[address]", QUERY.sub("?[masked]", text)))


class JsonFormatter(logging.Formatter):
    """One line per record; a line break in the message cannot start a second record."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": masked(record.getMessage()),
        }
        if request_id := getattr(getattr(record, "request", None), "request_id", ""):
            line["request_id"] = request_id
        if record.exc_info and record.exc_info[1]:
            line["error"] = described(record.exc_info[1], record.exc_info[2])
        return json.dumps(line, ensure_ascii=False)


def described(error: BaseException, where: TracebackType | None) -> dict[str, object]:
    """The error's type and place; its words only when they are ours, a database's quote the row."""
    ours = type(error).__module__.split(".")[0] in OUR_ROOMS
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(where)]
    return {"type": type(error).__qualname__, "says": masked(str(error)) if ours else "", "where": frames}
