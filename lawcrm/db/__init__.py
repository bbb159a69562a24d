"""Database engine that keeps the server session's viewer equal to the declared one."""
