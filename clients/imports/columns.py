"""Which column of a file is which, by header words in English, Danish, Swedish, German and Turkish."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clients.countries import fold

TITLES: dict[str, str | Promise] = {
    "kind": _("kind"),
    "name": _("name"),
    "organisation": _("organisation"),
    "given_name": _("given names"),
    "family_name": _("family name"),
    "email": _("e-mail"),
    "phone": _("telephone"),
    "mobile": _("mobile"),
    "web": _("web site"),
    "lines": _("street and number"),
    "postcode": _("postcode"),
    "city": _("town"),
    "country": _("country"),
    "language": _("language"),
    "register_number": _("register or VAT number"),
    "collected_on": _("known since"),
}
WORDS = {
    "kind": "kind type art typ slags tur kontakttype kontaktart kontakttyp kisi-tuzel",
    "name": "name navn namn isim adsoyad advesoyad adisoyadi fullname fuldenavn fullstandigtnamn vollstandigername "
    "displayname contact kontakt kisi",
    "organisation": "organisation organization company companyname firm firma firmanavn virksomhed organisationsnavn "
    "foretag foretagsnamn bolag firmenname unternehmen sirket sirketadi unvan ticaretunvani kurum",
    "given_name": "givenname givennames firstname fornavn fornavne fornamn vorname vornamen ad adi",
    "family_name": "familyname lastname surname efternavn efternamn nachname familienname soyad soyadi soyisim",
    "email": "email emailaddress mail mailadresse emailadresse epost epostadress eposta epostaadresi eposta1 "
    "emailaddress1 mailaddress",
    "phone": "phone phonenumber telephone telefon telefonnummer telefonnr tlf tlfnr tel telefonno telefonnumarasi "
    "businessphone",
    "mobile": "mobile mobilephone cell mobil mobilnummer mobiltelefon mobilnr handy handynummer cep ceptelefonu gsm",
    "web": "web website webseite hjemmeside webbplats hemsida homepage url internetsitesi websitesi webadresi",
    "lines": "street address address1 streetaddress addressline1 adresse gade vej gadeadresse vejnavn gata gatuadress "
    "adress strasse strassehausnummer anschrift cadde sokak adres acikadres",
    "postcode": "postcode postalcode zip zipcode postnr postnummer plz postleitzahl postakodu",
    "city": "city town by bynavn ort stad postort stadt sehir il ilce",
    "country": "country land ulke lande countrycode landekode landskod landerkennung",
    "language": "language sprog sprak sprache dil",
    "register_number": "registernumber registrationnumber vat vatnumber vatno cvr cvrnr cvrnummer orgnr "
    "organisationsnummer momsnummer handelsregister hrb hrbnummer ustid ustidnr vergino vergikimlikno vkn mersisno",
    "collected_on": "knownsince collectedon since date created createdon kendtsiden oprettet dato kandsedan skapad "
    "datum bekanntseit erstellt erfasstam tarih kayittarihi",
}
SPELT = {word.replace("-", ""): field for field, words in WORDS.items() for word in words.split()}


@dataclass(frozen=True)
class Columns:
    """The field of each column, "" for those that are left out; and the headers left out."""

    fields: tuple[str, ...]
    ignored: tuple[str, ...]

    @property
    def known(self) -> set[str]:
        return set(self.fields) - {""}


def of(header: Sequence[str]) -> Columns:
    """The first column of several with the same meaning counts."""
    fields: list[str] = []
    for title in header:
        field = SPELT.get(fold(title), "")
        fields.append("" if field in fields else field)
    ignored = [title[:60] for title, field in zip(header, fields, strict=True) if not field and title.strip()]
    return Columns(tuple(fields), tuple(ignored))
