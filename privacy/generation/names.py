"""Names, towns and streets of five countries, matching each other."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Country:
    """What a country's people, firms and places are called; `versus` joins the parties of a case."""

    code: str
    language: str
    given: tuple[str, ...]
    family: tuple[str, ...]
    towns: tuple[tuple[str, str], ...]
    streets: tuple[str, ...]
    trades: tuple[str, ...]
    forms: tuple[str, ...]
    syllables: tuple[str, ...]
    court: str
    calling: str
    versus: str


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(phrase.strip() for phrase in text.split(";"))


def _towns(text: str) -> tuple[tuple[str, str], ...]:
    """Postcode and town: 2100 København Ø; 111_20 Stockholm."""
    pairs = (phrase.partition(" ") for phrase in _phrases(text))
    return tuple((code.replace("_", " "), town) for code, _space, town in pairs)


DK = Country(
    "DK",
    "da",
    _words(
        "Anne Mette Kirsten Hanne Lene Søren Jørgen Rasmus Mads Karen Bodil Åse Gyda Inge-Lise Birthe Bjørn Morten Lars"
        " Niels Peter Ole Henrik Camilla Freja Ida Emma Clara Sofie Alma Signe Øjvind Kjeld Preben Aage Vagn Thorkild"
    ),
    _words(
        "Jensen Nielsen Hansen Pedersen Andersen Christensen Larsen Sørensen Rasmussen Jørgensen Petersen Madsen"
        " Kristensen Olsen Thomsen Christiansen Poulsen Johansen Møller Mortensen Knudsen Kjær Nørgaard Østergaard"
        " Søndergaard Vestergaard Ågård Bjerregaard Brøndum Krogh Lindegaard Overgaard Skov Dahl Toft Holm Friis Bæk"
        " Skytte Ravn Damgaard Fjeldsø Gyldenkærne Haastrup Iversen Juhl"
    ),
    _towns(
        "2100 København Ø; 1401 København K; 8000 Aarhus C; 5000 Odense C; 9000 Aalborg; 7100 Vejle; 6700 Esbjerg;"
        " 4000 Roskilde; 8600 Silkeborg; 4700 Næstved; 6000 Kolding; 8900 Randers; 3400 Hillerød; 6400 Sønderborg"
    ),
    _words(
        "Strandgade Nørrebrogade Vesterbrogade Østergade Kirkevej Skovvej Møllevej Åboulevarden Søndergade Havnegade"
    ),
    _words(
        "Byg Handel Shipping Møbler Energi Fødevarer Ejendomme Logistik Rederi Medico Software Revision Tømrer Invest"
    ),
    _phrases("A/S; ApS; P/S; I/S; A.m.b.a."),
    _words("bal nor ves øre søl kra lun fyn hjo skæ thy møl gre dan sve åla fre ros kjø bry tor vin har eng løv"),
    "Retten i",
    "+45",
    "mod",
)
SE = Country(
    "SE",
    "sv",
    _words(
        "Anna Eva Maria Karin Kerstin Ingrid Lena Birgitta Märta Gunilla Ingegerd Hjördis Åsa Malin Elin"
        " Astrid Ebba Lars"
        " Mikael Anders Johan Per Nils Karl Sven-Åke Göran Björn Börje Östen Håkan Örjan Linnéa Ture Elof Sixten Tyra"
    ),
    _words(
        "Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson Gustafsson Pettersson Jonsson"
        " Jansson Hansson Bengtsson Jönsson Lindberg Jakobsson Magnusson Lindström Lindqvist Lindgren Berggren Åkesson"
        " Öhrnberg Sjöström Fjällström Nyström Hedlund Åberg Ekström Söderberg Wikström Bergström Hägglund Sandström"
        " Öberg Löfgren Forsberg Sjögren Norén Björklund Östlund Ångström Lagerlöf Tegnér"
    ),
    _towns(
        "111_20 Stockholm; 411_03 Göteborg; 211_31 Malmö; 753_10 Uppsala; 722_11 Västerås; 702_11 Örebro;"
        " 582_22 Linköping;"
        " 252_20 Helsingborg; 553_16 Jönköping; 602_21 Norrköping; 903_26 Umeå; 852_30 Sundsvall; 972_31"
        " Luleå; 392_31 Kalmar"
    ),
    _words(
        "Storgatan Kungsgatan Drottninggatan Älvsjövägen Ringvägen Linnégatan Skolgatan Östergatan Hamngatan Björkvägen"
    ),
    _words("Bygg Handel Rederi Teknik Skog Stål Energi Fastigheter Konsult Måleri Plåt Åkeri Verkstad Livs"),
    _phrases("AB; HB; AB (publ); KB; ek. för."),
    _words("sjö berg häl nor sve åke lin öst väs stor fal mal kung lund ström dal ås björ hed rön alm ek lag tor vin"),
    "Tingsrätten i",
    "+46",
    "mot",
)
DE = Country(
    "DE",
    "de",
    _words(
        "Anna Sabine Ursula Renate Monika Jörg Jürgen Günter Friedrich-Wilhelm Heinz Käthe Bärbel Gisela Björn Torsten"
        " Matthias Stefan Andreas Thomas Michael Lena Lea Emma Mia Paul Felix Lukas Jonas Maximilian Zoë Götz Wölfli"
        " Sönke Fiete Hannelore Rüdiger"
    ),
    _words(
        "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer"
        " Richter Klein Wolf"
        " Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Schmitt Werner Krause Meier Lehmann"
        " Köhler Weiß Großkopf Weißgerber Süßmilch Jäger Böhm Thürmer Oberkirchner Schlüter Kühn Höß Rößler"
        " Lüdenscheidt"
        " Habermann Straßburger"
    ),
    _towns(
        "50667 Köln; 10117 Berlin; 20457 Hamburg; 80331 München; 60311 Frankfurt am Main; 40213 Düsseldorf;"
        " 28195 Bremen;"
        " 48143 Münster; 90402 Nürnberg; 70173 Stuttgart; 01067 Dresden; 04109 Leipzig; 24103 Kiel; 23552 Lübeck"
    ),
    _words(
        "Hauptstraße Bahnhofstraße Gartenstraße Königsallee Brüderstraße Schloßweg Lindenallee Venloer-Straße Am-Markt"
    ),
    _words(
        "Maschinenbau Handelsgesellschaft Tiefbau Logistik Verpackungstechnik Süßwarenfabrik Grundstücksverwaltung"
        " Schiffsmakler Versicherungsvermittlung Energieberatung Wasserwirtschaft Möbelwerkstätten Feinkost"
        " Datentechnik"
    ),
    _phrases("GmbH; AG; GmbH & Co. KG; KG; OHG; eG; UG (haftungsbeschränkt); PartG mbB"),
    _words(
        "han ber köl mün ruhr nord süd west rhein elb wes har eif bau kron stein feld wald brü trau schön gra lich roß"
    ),
    "Landgericht",
    "+49",
    "./.",
)
TR = Country(
    "TR",
    "tr",
    _words(
        "Ayşe Fatma Emine Hatice Zeynep Elif Meryem Işıl Çiğdem Gülşen Özlem Şükran İpek Yağmur Mehmet"
        " Mustafa Ahmet Ali"
        " Hüseyin Hasan İbrahim İsmail Osman Yusuf Çağrı Oğuz Ümit Şahin Tuğrul Barış Iraz Ömer Kadir"
        " Süleyman Gökhan Ilgaz"
    ),
    _words(
        "Yılmaz Kaya Demir Çelik Şahin Yıldız Yıldırım Öztürk Aydın Özdemir Arslan Doğan Kılıç Aslan Çetin"
        " Kara Koç Kurt"
        " Özkan Şimşek Polat Korkmaz Çakır Erdoğan Güneş Işık Iğdır Ilgın Tekin Avcı Bulut Keskin Güler Ünal Taş Aksoy"
        " Bozkurt Gül Özer Coşkun Ateş Sarı Türkoğlu İnanç Uçar Ağaoğlu"
    ),
    _towns(
        "34710 Kadıköy / İstanbul; 34353 Beşiktaş / İstanbul; 06420 Çankaya / Ankara; 35220 Konak / İzmir;"
        " 16010 Osmangazi / Bursa; 07100 Muratpaşa / Antalya; 01010 Seyhan / Adana; 42030 Selçuklu / Konya;"
        " 27010 Şahinbey / Gaziantep; 38010 Kocasinan / Kayseri; 55030 İlkadım / Samsun; 61030 Ortahisar / Trabzon"
    ),
    _phrases(
        "Atatürk Caddesi; İnönü Bulvarı; Ihlamur Sokak; Çınar Sokak; Bağdat Caddesi; Şehit Osman Sokak; Gül Sokak"
    ),
    _words(
        "Tekstil Lojistik İnşaat Gıda Turizm Makina Otomotiv Kimya Mobilya Enerji Ticaret Nakliyat Dış-Ticaret Yapı"
    ),
    _phrases("A.Ş.; Ltd. Şti.; San. ve Tic. A.Ş.; San. ve Tic. Ltd. Şti."),
    _words("gün kuz ışı ana yıl mar ege çam doğ bol sel kar tun ala öz şen göl dağ ird iz bey kay taş ren"),
    "Asliye Hukuk Mahkemesi",
    "+90",
    "–",
)
GB = Country(
    "GB",
    "en",
    _words(
        "Eleanor Grace Margaret Florence Harriet Beatrice Imogen Nigel Clive Graham Rupert Alistair Hugh Oliver Harry"
        " George Jack Charlotte Amelia Isla Sophie Winifred Desmond Gareth Siobhan Niamh Rhys Angus"
    ),
    _words(
        "Smith Jones Taylor Brown Williams Wilson Johnson Davies Robinson Wright Thompson Evans Walker White"
        " Roberts Green"
        " Hall Wood Jackson Clarke Ashworth-Brown O'Neill Featherstonehaugh Cholmondeley MacDonald Fitzgerald Llewellyn"
    ),
    _towns("WC1N_3LE London; M2_5DB Manchester; EH2_2BY Edinburgh; BS1_5TR Bristol; LS1_4AP Leeds; CF10_3AT Cardiff"),
    _phrases("High Street; Station Road; Church Lane; Victoria Road; Mill Lane; Lamb's Conduit Street"),
    _words("Shipping Trading Holdings Engineering Textiles Consulting Software Marine Estates Brewing"),
    _phrases("Ltd; plc; LLP; & Sons Ltd"),
    _words("ash brook kent wick ham ford ley ston worth dale bur thorn wes nor eld mar cross hart win low"),
    "County Court at",
    "+44",
    "v",
)
# The house is Danish; a draw among these gives the shares.
COUNTRIES = (DK, DK, DK, DK, SE, SE, SE, DE, DE, DE, DE, TR, TR, TR, GB)


@dataclass(frozen=True, slots=True)
class Name:
    """A contact's name; `short` is how a case is called after it."""

    kind: str
    name: str
    given: str
    family: str
    short: str
    country: Country


def person(country: Country, chance: int) -> Name:
    given = country.given[chance % len(country.given)]
    chance >>= 7
    if chance % 3 == 0:
        given = f"{given} {country.given[(chance >> 2) % len(country.given)]}"
    family = country.family[(chance >> 9) % len(country.family)]
    if (chance >> 16) % 6 == 0:
        joint = " " if country.code in {"DK", "TR"} else "-"
        family = f"{country.family[(chance >> 19) % len(country.family)]}{joint}{family}"
    return Name("person", f"{given} {family}", given, family, family, country)


def organisation(country: Country, chance: int) -> Name:
    """Three syllables make a word that few share: what a search by a rare word looks for."""
    syllables = country.syllables
    word = "".join(syllables[(chance >> shift) % len(syllables)] for shift in (0, 7, 14)).capitalize()
    trade = country.trades[(chance >> 21) % len(country.trades)]
    form = country.forms[(chance >> 27) % len(country.forms)]
    short = f"{word} {trade}"
    return Name("organisation", f"{short} {form}", "", "", short, country)


def court(country: Country, place: int) -> Name:
    _code, town = country.towns[place % len(country.towns)]
    suffix = f" {place // len(country.towns) + 1}" if place >= len(country.towns) else ""
    return Name("organisation", f"{country.court} {town}{suffix}", "", "", town, country)
