"""What is kept about staff: people, groups, second factors, sessions, failed attempts."""

from lawcrm.accounts.models.changes import AccountChange, SealedCode
from lawcrm.accounts.models.devices import RecoveryCode, RecoverySheet, TotpDevice
from lawcrm.accounts.models.factor_rules import FactorRule
from lawcrm.accounts.models.groups import GroupKind, Membership
from lawcrm.accounts.models.leaving import LeavingRecord
from lawcrm.accounts.models.passkeys import Passkey
from lawcrm.accounts.models.past import AccountPast
from lawcrm.accounts.models.people import User, UserManager
from lawcrm.accounts.models.sessions import DeviceSession
from lawcrm.accounts.models.throttle import Throttle

__all__ = [
    "AccountChange",
    "AccountPast",
    "DeviceSession",
    "FactorRule",
    "GroupKind",
    "LeavingRecord",
    "Membership",
    "Passkey",
    "RecoveryCode",
    "RecoverySheet",
    "SealedCode",
    "Throttle",
    "TotpDevice",
    "User",
    "UserManager",
]
