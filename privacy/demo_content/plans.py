"""Plans of the firm: an appeal in Germany, a civil case in Denmark, enforcement in Türkiye."""

from deadlines.actions.plans import make_plan
from deadlines.models import Deadline
from deadlines.planning import TASK, Role, Step, Unit
from matters.models import MatterType
from privacy.demo_content.scene import Scene

Kind = Deadline.Kind
CRITICAL = Deadline.Criticality.CRITICAL.value
LAWYER, ASSISTANT, DEPUTY = Role.RESPONSIBLE.value, Role.ASSISTANT.value, Role.DEPUTY.value
PLANS = [
    (
        "Berufung (ZPO)",
        "Urteil zugestellt",
        "litigation",
        "DE",
        [
            Step(what=TASK, title="Urteil mit Belehrung an den Mandanten senden", owner=ASSISTANT, amount=1,
                 unit=Unit.WORKING_DAYS),
            Step(what=Kind.FOLLOW_UP, title="Entscheidung des Mandanten über die Berufung", owner=LAWYER, amount=10),
            Step(what=Kind.STATUTORY, title="Berufung, § 517 ZPO", rule="de.zpo.517", owner=LAWYER, deputy=DEPUTY,
                 criticality=CRITICAL),
            Step(what=Kind.STATUTORY, title="Berufungsbegründung, § 520 ZPO", rule="de.zpo.520", owner=LAWYER,
                 deputy=DEPUTY, criticality=CRITICAL),
            Step(what=Kind.APPOINTMENT, title="Besprechung der Berufungsgründe", owner=LAWYER, amount=2,
                 unit=Unit.WEEKS, hour="10:00"),
        ],
    ),
    (
        "Civil sag: dom i første instans",
        "Dom afsagt",
        "litigation",
        "DK",
        [
            Step(what=TASK, title="Send dommen til klienten", owner=ASSISTANT, amount=1, unit=Unit.WORKING_DAYS),
            Step(what=Kind.FOLLOW_UP, title="Klientens svar om anke", owner=ASSISTANT, amount=2, unit=Unit.WEEKS),
            Step(what=Kind.STATUTORY, title="Anke, rpl. § 372", rule="dk.rpl.372", owner=LAWYER, deputy=DEPUTY,
                 criticality=CRITICAL),
            Step(what=TASK, title="Opgør sagsomkostninger", owner=ASSISTANT, amount=3, unit=Unit.WEEKS),
        ],
    ),
    (
        "İlamsız icra takibi",
        "Ödeme emri tebliğ edildi",
        None,
        "TR",
        [
            Step(what=Kind.STATUTORY, title="Ödeme emrine itiraz, İİK m. 62", rule="tr.iik.62", owner=LAWYER,
                 deputy=DEPUTY, criticality=CRITICAL),
            Step(what=TASK, title="Borçlunun malvarlığını araştır", owner=ASSISTANT, amount=8),
            Step(what=Kind.STATUTORY, title="Haciz isteme, İİK m. 78", rule="tr.iik.78", owner=LAWYER, deputy=DEPUTY,
                 criticality=CRITICAL),
            Step(what=Kind.FOLLOW_UP, title="İtiraz geldi mi?", owner=ASSISTANT, amount=10),
        ],
    ),
]  # fmt: skip


def make_all(scene: Scene) -> None:
    with scene.acting("karin") as actor:
        for name, trigger, kind, jurisdiction, steps in PLANS:
            make_plan(
                actor=actor,
                name=name,
                trigger=trigger,
                matter_type=MatterType.objects.get(code=kind) if kind else None,
                jurisdiction=jurisdiction,
                steps=steps,
                now=scene.at(20, "09:00"),
            )
