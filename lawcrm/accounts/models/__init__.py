"""What is kept about staff: people, groups, second factors, sessions, failed attempts."""

from lawcrm.accounts.models.devices import RecoveryCode, RecoverySheet, TotpDevice
from lawcrm.accounts.models.groups import GroupKind
from lawcrm.accounts.models.people import FactorReset, User, UserManager
from lawcrm.accounts.models.sessions import DeviceSession
from lawcrm.accounts.models.throttle import Throttle

__all__ = [
    "DeviceSession",
    "FactorReset",
    "GroupKind",
    "RecoveryCode",
    "RecoverySheet",
    "Throttle",
    "TotpDevice",
    "User",
    "UserManager",
]
