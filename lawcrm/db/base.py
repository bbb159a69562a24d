"""The PostgreSQL engine of Django with the viewer carried into every server session."""

from typing import Any

from django.db.backends.postgresql import base

from lawcrm import access

SET_VIEWER = (
    "select set_config('app.kind', %s, false), set_config('app.uid', %s, false),"
    " set_config('app.principals', %s, false), set_config('app.flags', %s, false)"
)


class DatabaseWrapper(base.DatabaseWrapper):
    """Sets `app.*` before a cursor is used whenever the viewer differs from what the session carries.

    A rollback, also to a savepoint, undoes `set_config`; the session's state is then unknown.
    """

    _carried: tuple[str, ...] | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self._carried = None
        return super().get_new_connection(conn_params)

    def _rollback(self) -> Any:
        self._carried = None
        return super()._rollback()  # type: ignore[misc]

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(sid)  # type: ignore[misc]
        self._carried = None

    def create_cursor(self, name: str | None = None) -> Any:
        cursor = super().create_cursor(name=name)
        wanted = access.session_state()
        if wanted != self._carried and not self.needs_rollback:
            with self.connection.cursor() as setter:
                setter.execute(SET_VIEWER, wanted)
            self._carried = wanted
        return cursor
