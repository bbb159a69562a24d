"""Declarations for what others' code keeps: their tables, and stores outside the database."""

from lawcrm.personal_data import PersonalData, Store

TABLES = {
    "admin.LogEntry": PersonalData(
        subject="staff",
        path="user",
        # The text of an object is its number here: see __str__ of every model.
        fields={"user": "technical", "action_time": "technical", "object_repr": "free_text"},
        none=["content_type", "object_id", "action_flag", "change_message"],
        purpose="accountability",
        retention="journal",
        erase="keep",
    ),
    "auth.Group": PersonalData(subject="none", none=["name"]),
    "auth.Permission": PersonalData(subject="none", none=["name", "content_type", "codename"]),
    "contenttypes.ContentType": PersonalData(subject="none", none=["app_label", "model"]),
    "sessions.Session": PersonalData(
        subject="staff",
        path="session_key",
        fields={"session_key": "credential", "session_data": "technical"},
        none=["expire_date"],
        purpose="security",
        retention="session",
        erase="delete",
    ),
    "guardian.UserObjectPermission": PersonalData(
        subject="staff",
        path="user",
        fields={"user": "technical"},
        none=["permission", "content_type", "object_pk"],
        purpose="security",
        retention="staff",
        erase="delete",
    ),
    "guardian.GroupObjectPermission": PersonalData(
        subject="none", none=["group", "permission", "content_type", "object_pk"]
    ),
}

STORES = (
    Store(
        name="files",
        where="FILES_ROOT, sealed under the key of the person or matter",
        subject="matter",
        categories=("matter_content", "identity", "contact", "communication", "special", "criminal"),
        purpose="case_handling",
        retention="matter",
        erase="delete",
    ),
    Store(
        name="keys",
        where="the keys database: one wrapped data key per person and per matter",
        subject="contact",
        categories=("technical",),
        purpose="security",
        retention="contact",
        erase="delete",
    ),
    Store(
        name="queue",
        where="Valkey: names of tasks and ids, throttling counters",
        subject="staff",
        categories=("technical",),
        purpose="security",
        retention="queue",
        erase="delete",
    ),
    Store(
        name="mail",
        where="the firm's mail server: messages that left through the outbox",
        subject="contact",
        categories=("identity", "contact", "communication"),
        purpose="case_handling",
        retention="mail_server",
        erase="keep",
    ),
    Store(
        name="logs",
        where="standard output of web and worker: times, request ids, paths without personal data",
        subject="staff",
        categories=("technical",),
        purpose="security",
        retention="logs",
        erase="keep",
    ),
    Store(
        name="backups",
        where="encrypted copies of both databases and the files, apart from each other",
        subject="matter",
        categories=("matter_content", "identity", "contact", "communication", "technical"),
        purpose="security",
        retention="backup",
        erase="keep",
    ),
    Store(
        name="seals",
        where="JOURNAL_SEAL_FILE: numbers and hashes that vouch for the journal",
        subject="staff",
        categories=("technical",),
        purpose="accountability",
        retention="journal",
        erase="keep",
    ),
)
