#!/usr/bin/env python
"""Command line of LawCRM; without DATABASE_URL it joins or starts the embedded servers."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lawcrm.settings.demo")
    from lawcrm import engines

    engines.join(sys.argv)
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
