"""Which provision each step rests on, by the calendar's or the profile's law."""

ARITHMETIC = "Calendar arithmetic; the law of the case decides whether it applies"

# By the calendar's code up to the first hyphen: counting, then moving.
BY_LAW = {
    "dk": ("Forældelsesloven § 27(1); court practice on week periods", "Forældelsesloven § 27(2); JM vejl. 9533/2018"),
    "se": ("Lag (1930:173) § 1", "Lag (1930:173) § 2"),
    "se-public": ("Reg. (EEC, Euratom) 1182/71 Art. 3(1), 3(2)", "Reg. (EEC, Euratom) 1182/71 Art. 3(4)"),
    "de": ("§§ 187(1), 188 BGB, § 222(1) ZPO", "§ 222(2) ZPO, § 193 BGB"),
    "tr": ("HMK art. 92", "HMK art. 93"),
    "at": ("§ 125 ZPO", "§ 126 ZPO"),
    "at-public": ("Reg. (EEC, Euratom) 1182/71 Art. 3(1), 3(2)", "Reg. (EEC, Euratom) 1182/71 Art. 3(4)"),
    "at-avg": ("§ 32 AVG", "§ 33(2) AVG"),
    "ch": ("Art. 142(1), (2) ZPO; BGE 150 III 367", "Art. 142(3) ZPO"),
    "gb": ("CPR 2.8, 2.10", "CPR 2.8(5)"),
    "ie": ("Reg. (EEC, Euratom) 1182/71 Art. 3(1), 3(2)", "Reg. (EEC, Euratom) 1182/71 Art. 3(4)"),
    "us": ("FRCP 6(a)(1)(A), (B)", "FRCP 6(a)(1)(C), 6(a)(5), 6(a)(6)"),
    "weekend": ("Reg. (EEC, Euratom) 1182/71 Art. 3(1), 3(2)", "Reg. (EEC, Euratom) 1182/71 Art. 3(4)"),
    "eu": ("Art. 49 RP CJ, Art. 58 RP GC", "Art. 49(2) RP CJ, Art. 58(2) RP GC"),
}
DAY_ENDS = {
    "dk": "Retsplejeloven § 148 a; U 2019.1541 H",
    "se": "RB 33:3, FL 22 §",
    "de": "§ 188 BGB; § 130a(5) ZPO",
    "tr": "HMK art. 445(4), art. 93",
    "gb": "CPR 6.26",
    "us": "FRCP 6(a)(4)",
    "eu": "Art. 3(2) of Reg. (EEC, Euratom) 1182/71",
}

# At which hour the last day is over, where that depends on how something is filed.
HOURS = {
    "dk": "digitally until midnight, on paper until the office closes (15:00 at the Procesbevillingsnævn)",
    "tr": "electronically until midnight, on paper until the office closes",
    "gb": "the court office closes before; personally or by e-mail until 16:30, else served on the next business day",
    "us": "electronically until midnight there, otherwise until the clerk's office closes",
}


def counting(code: str | None) -> str:
    return _of(code)[0]


def moving(code: str | None) -> str:
    return _of(code)[1]


def ending(code: str | None) -> str:
    return DAY_ENDS.get((code or "").split("-")[0], ARITHMETIC)


def hours(code: str | None) -> str:
    """Empty where the law of the calendar says nothing of the hour."""
    return HOURS.get((code or "").split("-")[0], "")


def _of(code: str | None) -> tuple[str, str]:
    code = code or ""
    return BY_LAW.get(code) or BY_LAW.get(code.split("-")[0]) or (ARITHMETIC, ARITHMETIC)
