"""What somebody who releases a model says of it, to be kept: one line of plain text."""

import unicodedata

from scoring.errors import SettingError

LONGEST = 500  # characters
_NOT_IN_A_LINE = {"Cc", "Cs", "Zl", "Zp"}  # control characters, bytes that were no UTF-8, and what else ends a line


def one_line(option: str, text: str, what: str) -> str:
    """The text without spaces around it; SettingError, naming the option, unless it is one line of 1 to LONGEST characters."""
    line = text.strip()
    if not 0 < len(line) <= LONGEST or any(unicodedata.category(sign) in _NOT_IN_A_LINE for sign in line):
        raise SettingError(f"{option} {line[:40]!r}: {what}, one line of 1 to {LONGEST} characters")
    return line
