"""The password rules: length and words that are easy to guess, no composition (NIST SP 800-63B-4, ASVS 6.2)."""

import re
from itertools import pairwise
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

SHORTEST_WORD = 4


class NoContextWords:
    """Refuses what is left too short once the firm's, the product's and the person's own words are taken out.

    A long passphrase may mention the firm; "Larsen-Lawcrm-2026" has nothing of its own.
    """

    own_letters = 8
    surprises = 4

    def validate(self, password: str, user: Any = None) -> None:
        rest = password.lower()
        for word in sorted(context_words(user), key=len, reverse=True):
            rest = rest.replace(word, "")
        mentions = rest != password.lower()
        letters = re.sub(r"[\W\d_]", "", rest)
        if surprises(rest) < self.surprises or (mentions and len(letters) < self.own_letters):
            raise ValidationError(self.sentence(), code="password_context")

    def sentence(self) -> str:
        return _("This is too easy to guess for someone who knows the firm or you. Try a few unrelated words.")

    def get_help_text(self) -> str:
        return _("It should not be built from your name, your address, or the firm's name.")


def surprises(text: str) -> int:
    """How many signs do not follow from those before: "aaaa", "abcd", "9876" and "abab" have hardly any."""
    steps = [ord(after) - ord(before) for before, after in pairwise(text)]
    return min(len(set(text)), sum(before != after for before, after in pairwise(steps)))


def context_words(user: Any) -> set[str]:
    """Words someone trying to guess would start with."""
    from lawcrm.models.firm import Firm

    own = [getattr(user, "email", ""), getattr(user, "full_name", "")]
    texts = ["lawcrm", "password", "kodeord", "lösenord", "passwort", "parola", *own]
    texts.append(Firm.known_name())
    return {word for text in texts for word in re.split(r"[\W\d_]+", text.lower()) if len(word) >= SHORTEST_WORD}
