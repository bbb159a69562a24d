"""Consents, conflict checks, and what the privacy office has on its desk."""

from datetime import timedelta

from clients.models import Contact
from consent.actions import add_purpose, add_wording, record_consent, withdraw_consent
from consent.models import Consent, ConsentEvent, Purpose, Wording
from matters.actions.conflicts import ask, decide, search_waiting
from matters.models import ConflictCheck
from privacy.actions.holds import place_hold
from privacy.actions.retention import propose_due, put_forward
from privacy.demo_content.scene import Scene
from privacy.models import ErasureItem

Channel, Basis = ConsentEvent.Channel, Purpose.Basis
PURPOSES = [
    (
        "newsletter",
        "Newsletter",
        {
            "en": "Yes, send me the newsletter about new law some four times a year. I can stop it at any time.",
            "da": "Ja tak, send mig nyhedsbrevet om ny ret omkring fire gange om året. Jeg kan altid sige stop.",
            "sv": "Ja tack, skicka nyhetsbrevet om ny rätt ungefär fyra gånger om året. Jag kan alltid säga stopp.",
            "de": "Ja, senden Sie mir den Rundbrief zu neuem Recht viermal im Jahr. Ich kann es jederzeit beenden.",
            "tr": "Evet, yeni mevzuat bültenini yılda yaklaşık dört kez gönderin. Dilediğim zaman vazgeçebilirim.",
        },
    ),
    (
        "events",
        "Invitations to events",
        {
            "en": "Yes, invite me to talks and receptions of the firm.",
            "da": "Ja tak, inviter mig til kontorets foredrag og receptioner.",
            "sv": "Ja tack, bjud in mig till byråns föredrag och mottagningar.",
            "de": "Ja, laden Sie mich zu Vorträgen und Empfängen der Kanzlei ein.",
            "tr": "Evet, büronun konuşma ve davetlerine beni çağırın.",
        },
    ),
]
# Contact, purpose, language, channel, days ago, where the proof is, withdrawn days ago or never.
CONSENTS = [
    ("moeller", "newsletter", "da", Channel.PAPER, 230, "Client form of the first meeting", None),
    ("yildiz", "newsletter", "tr", Channel.WEB, 140, "Form on the web site", None),
    ("akesson", "newsletter", "sv", Channel.MAIL, 290, "Mail of that day, on file", 30),
    ("akesson", "events", "sv", Channel.MAIL, 290, "Mail of that day, on file", None),
    ("lindqvist", "events", "sv", Channel.SPOKEN, 170, "Said at the first meeting", None),
    ("nordlys", "events", "da", Channel.WEB, 200, "Form on the web site", None),
    ("weissgerber", "newsletter", "de", Channel.PAPER, 80, "Client form of the first meeting", 10),
    ("gunes_ayse", "newsletter", "tr", Channel.WEB, 70, "Form on the web site", None),
]
CHECKS = [
    ("oskar", ["Baltic Shipping ApS", "Aleksandra Kowalczyk"], "Charter dispute, the ship lies in Aarhus.", 3),
    ("ida", ["Øresund Container Terminal"], "Neighbour asks for advice about noise at night.", 26),
    ("asli", ["Kuzey Lojistik", "Isil Igdirlioglu"], "Debt collection against a carrier.", 50),
]
CLEARED = ("oskar", ["Hjalmar Fredriksen"], "Purchase of a flat.", 72)


def consent_all(scene: Scene) -> None:
    with scene.acting("zeynep") as actor:
        for code, name, wordings in PURPOSES:
            purpose = add_purpose(actor=actor, code=code, name=name, basis=Basis.CONSENT)
            for language, text in wordings.items():
                began = scene.at(400, "09:00")
                add_wording(actor=actor, purpose=purpose, language=language, text=text, now=began)
    with scene.acting("nanna") as actor:
        add_purpose(actor=actor, code="mandate", name="Acting for clients", basis=Basis.CONTRACT)
    for key, code, language, channel, days, evidence, withdrawn in CONSENTS:
        with scene.acting(_who_sees(scene, scene.contacts[key])) as actor:
            consent = record_consent(
                actor=actor,
                contact=scene.contacts[key],
                wording=Wording.objects.get(purpose__code=code, language=language),
                channel=channel,
                happened_at=scene.at(days, "10:30"),
                evidence=evidence,
                now=scene.now,
            )
            if withdrawn:
                _withdraw(scene, consent, withdrawn)


def _withdraw(scene: Scene, consent: Consent, days: int) -> None:
    with scene.acting("karin") as actor:
        withdraw_consent(
            actor=actor,
            consent=consent,
            channel=Channel.MAIL,
            evidence="Mail of that day, on file",
            now=scene.at(days, "16:00"),
        )


def _who_sees(scene: Scene, contact: Contact) -> str:
    for key in ("karin", "anders"):
        with scene.acting(key):
            if Contact.objects.filter(pk=contact.pk).exists():
                return key
    raise LookupError(contact.pk)


def check_all(scene: Scene) -> None:
    """Three wait for the conflicts officer, one was cleared."""
    for by, terms, note, hours in CHECKS:
        _asked(scene, by, terms, note, hours)
    check = _asked(scene, *CLEARED)
    search_waiting(now=scene.now)
    with scene.acting("joergen") as actor:
        decide(
            actor=actor,
            check=check,
            state=ConflictCheck.State.CLEAR,
            reason="Nobody of that name is known.",
            now=scene.now - timedelta(hours=70),
        )


def _asked(scene: Scene, by: str, terms: list[str], note: str, hours: int) -> ConflictCheck:
    with scene.acting(by) as actor:
        return ask(actor=actor, terms=terms, note=note, now=scene.now - timedelta(hours=hours))


def plan_all(scene: Scene) -> None:
    """Of the matters whose time is over one is held, one put forward and one just proposed."""
    with scene.acting("nanna") as actor:
        place_hold(
            actor=actor,
            matter=scene.matters["thorsen"],
            reason="The client's insurer has announced a claim.",
            now=scene.now,
        )
        propose_due(now=scene.now)
        item = ErasureItem.objects.get(matter_ref=scene.matters["ozturk"].pk)
        put_forward(actor=actor, item=item)
