"""Countries the firm deals with: their codes, names, calling codes, and how files spell them."""

import unicodedata

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NAMES: dict[str, str | Promise] = {
    "DK": _("Denmark"),
    "SE": _("Sweden"),
    "DE": _("Germany"),
    "TR": _("Türkiye"),
    "AT": _("Austria"),
    "AU": _("Australia"),
    "BA": _("Bosnia and Herzegovina"),
    "BE": _("Belgium"),
    "BG": _("Bulgaria"),
    "BR": _("Brazil"),
    "CA": _("Canada"),
    "CH": _("Switzerland"),
    "CN": _("China"),
    "CY": _("Cyprus"),
    "CZ": _("Czechia"),
    "EE": _("Estonia"),
    "ES": _("Spain"),
    "FI": _("Finland"),
    "FO": _("Faroe Islands"),
    "FR": _("France"),
    "GB": _("United Kingdom"),
    "GE": _("Georgia"),
    "GL": _("Greenland"),
    "GR": _("Greece"),
    "HR": _("Croatia"),
    "HU": _("Hungary"),
    "IE": _("Ireland"),
    "IL": _("Israel"),
    "IN": _("India"),
    "IS": _("Iceland"),
    "IT": _("Italy"),
    "JP": _("Japan"),
    "LI": _("Liechtenstein"),
    "LT": _("Lithuania"),
    "LU": _("Luxembourg"),
    "LV": _("Latvia"),
    "MK": _("North Macedonia"),
    "MT": _("Malta"),
    "NL": _("Netherlands"),
    "NO": _("Norway"),
    "PL": _("Poland"),
    "PT": _("Portugal"),
    "RO": _("Romania"),
    "RS": _("Serbia"),
    "SI": _("Slovenia"),
    "SK": _("Slovakia"),
    "UA": _("Ukraine"),
    "US": _("United States"),
}
LANGUAGES: dict[str, str | Promise] = {
    "da": _("Danish"),
    "de": _("German"),
    "en": _("English"),
    "es": _("Spanish"),
    "fi": _("Finnish"),
    "fr": _("French"),
    "it": _("Italian"),
    "nl": _("Dutch"),
    "no": _("Norwegian"),
    "pl": _("Polish"),
    "sv": _("Swedish"),
    "tr": _("Turkish"),
}
CALLING = {"DK": "45", "SE": "46", "DE": "49", "TR": "90", "NO": "47", "AT": "43", "CH": "41", "GB": "44", "FI": "358"}
# As files write them in English, Danish, Swedish, German and Turkish, folded by `fold`.
SPELLINGS = {
    "DK": "denmark danmark danemark daenemark danimarka dnk",
    "SE": "sweden sverige schweden isvec swe",
    "DE": "germany tyskland deutschland almanya deu ger brd",
    "TR": "turkey turkiye tyrkiet turkiet turkei tuerkei tur",
    "AT": "austria ostrig osterrike osterreich avusturya aut",
    "CH": "switzerland schweiz isvicre che",
    "NO": "norway norge norwegen norvec nor",
    "FI": "finland finlandiya finnland fin",
    "GB": "unitedkingdom uk storbritannien grossbritannien vereinigteskonigreich birlesikkrallik gbr england",
    "US": "unitedstates usa unitedstatesofamerica abd vereinigtestaaten",
    "NL": "netherlands nederland nederlandene nederlanderna niederlande hollanda nld",
    "FR": "france frankrig frankrike frankreich fransa fra",
    "PL": "poland polen polonya pol",
    "IT": "italy italien italya ita",
    "ES": "spain spanien ispanya esp",
    "BE": "belgium belgien belcika bel",
}
SPELT = {spelling: code for code, words in SPELLINGS.items() for spelling in words.split()}


LETTERS = str.maketrans(
    {"ı": "i", "I": "i", "İ": "i", "ø": "o", "Ø": "o", "æ": "ae", "Æ": "ae", "ß": "ss", "đ": "d", "ð": "d"}
    | {"þ": "th", "Þ": "th", "ł": "l", "Ł": "l"}
)


def fold(text: str) -> str:
    """Lower case ASCII letters and digits only: "Türkiye" and "TÜRKİYE" are turkiye."""
    plain = text.translate(LETTERS).lower()
    return "".join(c for c in unicodedata.normalize("NFKD", plain) if c.isascii() and c.isalnum())


def named(text: str) -> str | None:
    """The code for a code or a name in one of the five languages; None when unknown."""
    code = text.strip().upper().replace("İ", "I")
    return code if code in NAMES else SPELT.get(fold(text))


def choices() -> list[tuple[str, str | Promise]]:
    return [("", "–"), *NAMES.items()]


def languages() -> list[tuple[str, str | Promise]]:
    return [("", "–"), *LANGUAGES.items()]
