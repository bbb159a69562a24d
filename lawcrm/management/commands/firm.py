"""The firm as a whole: setting it up, its numbers and mail, the sealed envelope, made-up data."""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from getpass import getpass
from typing import Any

from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from lawcrm import access, audit, firm
from lawcrm.doors.safe_mail import Outcome

# Option, variable, question. An answer comes from the option, else the variable, else the terminal.
QUESTIONS = {
    "name": ("FIRM_NAME", "Name of the firm"),
    "country": ("FIRM_COUNTRY", "Country (two letters)"),
    "languages": ("FIRM_LANGUAGES", "Languages, first the usual one (en,da,sv,de,tr)"),
    "time_zone": ("FIRM_TIME_ZONE", "Time zone (Europe/Copenhagen)"),
    "admin_email": ("ADMIN_EMAIL", "E-mail address of the first administrator"),
    "admin_name": ("ADMIN_NAME", "Name of the first administrator"),
}


def envelope_lines(codes: Sequence[str]) -> list[str]:
    return [
        "Print this, seal it in an envelope and let a partner put it away. In a firm without a second administrator",
        "each code once stands in for one; every partner is told when it does.",
        *(f"  sealed code: {code}" for code in codes),
    ]


class Command(BaseCommand):
    help = "Set up the firm at a first production start, test its mail, release mail held by a restore."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        setup = actions.add_parser("setup", help="the firm's facts, its first administrator, storage and mail")
        for name, (variable, question) in QUESTIONS.items():
            setup.add_argument(f"--{name.replace('_', '-')}", help=f"{question}; else {variable}")
        setup.add_argument("--number-format", default="{year}-{number:04d}", help="form of matter numbers")
        setup.add_argument("--enrol-at-first-sign-in", action="store_true", help="no authenticator secret is printed")
        setup.add_argument("--no-input", action="store_true", help="ask nothing; what is missing is an error")
        setup.add_argument("--skip-mail-test", action="store_true")
        numbers = actions.add_parser("numbers", help="the form of matter numbers from now on")
        numbers.add_argument("pattern", help="such as {year}-{number:04d}, or {year}-{random}")
        actions.add_parser("test-mail", help="send one mail now").add_argument("address")
        actions.add_parser("release-mail", help="let mail go out again after a restore")
        actions.add_parser("envelope", help="new codes for the sealed envelope, printed once; the old ones are void")
        recover = actions.add_parser("recover", help="a new factor for an administrator, by a code of the envelope")
        recover.add_argument("email", help="the administrator's sign-in address")
        recover.add_argument("--code", help="a sealed code; else asked for at the terminal")
        recover.add_argument("--new-address", default="", help="a new sign-in address instead, told at both")
        # With another prefix its words, options too, are left to the command that understands them.
        generate = actions.add_parser(
            "generate", prefix_chars="+", add_help=False, help="fill an empty firm with made-up people and matters"
        )
        generate.add_argument("words", nargs="*")

    def handle(self, *_args: object, **options: Any) -> None:
        getattr(self, options["action"].replace("-", "_"))(options)

    def setup(self, options: dict[str, Any]) -> None:
        facts = firm.FirmFacts(
            name=self.answer("name", options),
            country=self.answer("country", options),
            languages=[word.strip() for word in self.answer("languages", options).split(",") if word.strip()],
            time_zone=self.answer("time_zone", options),
            number_format=options["number_format"],
        )
        email, full_name = self.answer("admin_email", options), self.answer("admin_name", options)
        enrol = not options["enrol_at_first_sign_in"]
        try:
            with access.as_system("first set-up", source="command"):
                enrolment = firm.set_up(facts=facts, email=email, full_name=full_name, enrol=enrol, now=timezone.now())
        except (firm.AlreadySetUp, firm.UnfitAnswer, firm.StorageFails) as refusal:
            raise CommandError(str(refusal)) from refusal
        self.show(enrolment)
        if not options["skip_mail_test"]:
            self.test_mail({"address": email})

    def answer(self, name: str, options: dict[str, Any]) -> str:
        variable, question = QUESTIONS[name]
        given = options[name] or os.environ.get(variable, "")
        if given or options["no_input"] or not sys.stdin.isatty():
            return str(given)
        return input(f"{question}: ").strip()

    def show(self, enrolment: firm.Enrolment) -> None:
        lines = ["The firm is set up; storage works. This is shown once:", f"  password: {enrolment.password_link}"]
        if enrolment.authenticator:
            lines.append(f"  authenticator: {enrolment.authenticator}")
            lines += [f"  recovery code: {code}" for code in enrolment.recovery_codes]
        else:
            lines.append("  the second factor is set up at the first sign-in")
        lines += envelope_lines(enrolment.envelope)
        self.stdout.write("\n".join(lines))

    def envelope(self, _options: dict[str, Any]) -> None:
        with access.as_system("new sealed envelope", source="command"):
            self.stdout.write("\n".join(envelope_lines(firm.renew_envelope(now=timezone.now()))))

    def recover(self, options: dict[str, Any]) -> None:
        code = options["code"] or getpass("Sealed code: ")
        try:
            with access.as_system("envelope opened at the server", source="command"):
                firm.recover_administrator(options["email"], code, options["new_address"], now=timezone.now())
        except (firm.UnfitAnswer, audit.Refused) as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write("Done. The administrator gets mail, and every partner is told.")

    def numbers(self, options: dict[str, Any]) -> None:
        try:
            with access.as_system("form of matter numbers", source="command"):
                firm.change_number_format(options["pattern"])
        except firm.UnfitAnswer as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write("Matters opened from now on are numbered that way.")

    def test_mail(self, options: dict[str, Any]) -> None:
        delivery = firm.test_mail(options["address"], now=timezone.now())
        if delivery.outcome is Outcome.SENT:
            self.stdout.write("The mail server took a test mail.")
        else:
            self.stderr.write(
                f"The mail server did not take a test mail ({delivery.outcome} {delivery.code});"
                " correct SMTP_* and try `manage.py firm test-mail ADDRESS`."
            )

    def release_mail(self, _options: dict[str, Any]) -> None:
        with access.as_system("mail released", source="command"):
            held = firm.release_mail()
        self.stdout.write("Mail goes out again." if held else "Mail was not held.")

    def generate(self, options: dict[str, Any]) -> None:
        """Made-up data is the business of the room that knows all others, found by its command's name."""
        if "generate_firm" not in get_commands():
            raise CommandError("This installation has no generator of made-up data.")
        call_command("generate_firm", *options["words"])
