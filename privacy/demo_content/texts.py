"""The words of the demo's letters, mails, notes and papers."""

TEXTS = {
    "kruse/3305": "Die Parteien schließen einen Vergleich. Die Beklagte zahlt 18.500 EUR; damit sind alle Ansprüche"
    " aus der Vermittlung der „Weserlust“ erledigt. Kosten gegeneinander aufgehoben.",
    "thorsen/2932": "Ellen Thorsen er tilfreds med dommen og ønsker ikke at anke. Vinther betaler senest om 14 dage.",
    "ozturk/2199": "Kira sözleşmesinin süresi dolmadan feshi halinde doğacak tazminat anlatıldı. İhbarname taslağı"
    " müvekkile verildi; noterden gönderilecek.",
    "yildiz/120": "Herr Yıldız schildert den Bauablauf. Drei Nachträge sind mündlich beauftragt, Zeugin ist die"
    " damalige"
    " Bauleiterin Kowalczyk. Offene Werklohnforderung 214.300 EUR. Übersetzung ins Türkische gewünscht.",
    "yildiz/31": "Urteil des Landgerichts Köln zugestellt per beA. Klage zu zwei Dritteln abgewiesen. Frist für die"
    " Berufung: ein Monat ab Zustellung (§ 517 ZPO), Begründung zwei Monate (§ 520 Abs. 2 ZPO).",
    "yildiz/12": "Die Gegenseite bietet 60 % der Nachträge, Kostenteilung. Frau Oberkirchner erwartet Antwort"
    " binnen zwei"
    " Wochen. Mit Karin besprechen; Mandant will eher nicht.",
    "yildiz/25": "Sayın Vestergaard,\n\nkararın çevirisi elime ulaştı, teşekkür ederim. Eşimle konuştuk:"
    " istinafa gitmek"
    " istiyoruz. Kowalczyk Hanım da tanıklık etmeye hazır olduğunu söyledi.\n\nSaygılarımla,\nMehmet Yıldız",
    "yildiz/2": "Sehr geehrter Herr Yıldız,\n\nanbei der Entwurf der Berufungsschrift. Bitte sagen Sie uns bis morgen"
    " Mittag, ob die Zahlen zu den drei Nachträgen stimmen. Eingelegt wird am letzten Tag der Frist, nicht später."
    "\n\nMit freundlichen Grüßen\nKarin Vestergaard",
    "moeller/60": "Skønsmanden gennemgik kajkanten og kranens sikkerhedslås. Låsen manglede to bolte."
    " Billeder nr. 14–31.",
    "moeller/9": "Ms Ashworth-Brown has read the crane log: the interlock was bypassed twice in the hour before the"
    " accident. She will put it in writing by the end of the month.",
    "moeller/5": "Retten har fastsat frist for svarskrift til kl. 15.00 på den angivne dag. Der er ikke givet"
    " udsættelse.",
    "moeller/3": "Kære Karin\n\nTak for udkastet. På side 3 står der, at jeg gik ned ad lejderen, men jeg blev"
    " hejst ned i"
    " kurven. Ellers er det rigtigt.\n\nKærlig hilsen\nLine",
    "akesson/33": "Gunilla vill behålla villan. Två värderingar skiljer 1,2 miljoner kronor. Vi föreslår en"
    " tredje, som"
    " båda parter godtar i förväg.",
    "akesson/8": "Mäklarens utlåtande är klart. Hon undrar om Börjes lån på båten räknas med. Återkom om värderingen.",
    "akesson/15": "Hej Karin,\n\nhär kommer utlåtandet från mäklaren. Jag tycker att de har glömt uthuset.\n\nVänliga"
    " hälsningar\nGunilla",
    "lindqvist/41": "Bäste Sven-Åke Lindqvist,\n\nbifogat finner ni det andra utkastet. Förordnandet om enskild"
    " egendom"
    " står nu i § 3. Vi behöver två vittnen vid undertecknandet.",
    "sjohasten/14": "Hjördis Berggren berättar att Bygg & Betong vill besiktiga igen utan styrelsens konsult."
    " Vi säger nej.",
    "sjohasten/10": "Hej Erik!\n\nBilderna från vinden är tagna i söndags. Det droppar fortfarande vid"
    " hängrännan. Styrelsen"
    " har möte på torsdag.\n\nHjördis",
    "gunes/40": "Ayşe Hanım, iki konteynerin Ambarlı'da boşaltılırken ıslandığını, hasar tutanağının aynı gün"
    " tutulduğunu"
    " anlattı. Zarar yaklaşık 1,8 milyon TL.",
    "gunes/11": "Dava dilekçesi bugün tebliğ alındı. Cevap süresi iki haftadır (HMK m. 127). Ek süre talebi"
    " düşünülüyor.",
    "gunes/7": "Merhaba Aslı Hanım,\n\ntaşıma sözleşmesi ile CMR senedini ekte gönderiyorum. Şoförün imzası"
    " okunaklı değil."
    "\n\nİyi çalışmalar,\nAyşe Güneş",
    "rasmussen/17": "Blev bortvist mundtligt fredag kl. 16 efter en uoverensstemmelse om vagtplanen. Ingen skriftlig"
    " advarsel. 11 års anciennitet.",
    "rasmussen/4": "Hej Ida"
    "\n\nHer er kontrakten og de sidste tre lønsedler. Pensionen mangler i september.\n\nMvh\nBent Ove",
    "brandt/6": "Klienten fastholder, at han ikke kendte til fakturaerne. Ønsker aktindsigt i hele revisionsrapporten.",
    "weissgerber/20": "Drei Kollegen mit kürzerer Betriebszugehörigkeit wurden nicht gekündigt. Liste kommt per Post."
    " Kündigungsschutzklage ist rechtzeitig erhoben.",
    "urteil": "Landgericht Köln\n12 O 88/25\n\nIM NAMEN DES VOLKES\n\nURTEIL\n\nDie Beklagte wird verurteilt,"
    " 71.400 EUR zu zahlen.\nIm Übrigen wird die Klage abgewiesen.\n\n(Demodokument)",
    "retsbog": "Københavns Byret\n\nUDSKRIFT AF RETSBOGEN\n\nBS-19883/2026-KBH\n\nFrist for svarskrift fastsættes"
    " til kl. 15.00.\n\n(Demodokument)",
    "testamente": "TESTAMENTE\n\nJag, Sven-Åke Lindqvist, förordnar härmed som min yttersta vilja"
    " följande.\n\n§ 1 ...\n"
    "§ 2 ...\n§ 3 All egendom ska vara mottagarens enskilda.\n\n(Demodokument)",
    "dilekce": "İSTANBUL ANADOLU ASLİYE TİCARET MAHKEMESİ\n2026/418 E.\n\nDavacı: Kuzey Işıkları Lojistik Ltd. Şti.\n"
    "Davalı: Güneş Tekstil Sanayi ve Ticaret A.Ş.\nKonu: Navlun alacağı\n\n(Demo belgesi)\n",
    "berufung": "An das Oberlandesgericht Köln\n\nIn dem Rechtsstreit Yildiz ./. Nordbau\n\nlegen wir namens"
    " des Klägers"
    "\nBERUFUNG\n\nein gegen das Urteil des Landgerichts Köln.\n\n(Demodokument)",
    "vardering": "VÄRDERINGSUTLÅTANDE\n\nÄlvsjövägen 17, 125 30 Älvsjö"
    "\n\nBedömt marknadsvärde: 8 350 000 kr\n\n(Demodokument)",
    "cmr": "CMR SENEDİ"
    "\n\nGönderen: Güneş Tekstil\nTaşıyıcı: Kuzey Işıkları Lojistik\nKoli: 2 × 40' konteyner\n\n(Demo belgesi)\n",
    "kontrakt": "ANSÆTTELSESKONTRAKT\n\nKaffe & Kompagni ApS\nBent Ove Rasmussen"
    "\n\nTiltrædelse: 1. marts 2015\n\n(Demodokument)",
    "vollmacht": "VOLLMACHT\n\nHolm & Vestergaard werden in Sachen ./. Nordbau bevollmächtigt.\n\n(Demodokument)",
    "skoen": "SKØNSERKLÆRING\n\nKranens sikkerhedslås manglede to af fire bolte.\n\n(Demodokument)",
    "vedtaegter": "VEDTÆGTER\n\nNordlys Energi A/S\n\n§ 1 Selskabets navn er Nordlys Energi A/S.\n\n(Demodokument)",
    "vergleich": "VERGLEICH\n\nDie Beklagte zahlt 18.500 EUR.\n\n(Demodokument)",
    "dom": "DOM\n\nVinther Møbler ApS skal betale 42.000 kr. til Ellen Thorsen.\n\n(Demodokument)",
}
