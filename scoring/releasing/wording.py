"""What somebody who releases a model says of it, to be kept: one line of plain text."""

import unicodedata

from scoring.errors import SettingError

LONGEST = 500  # characters
# Control characters, bytes that were no UTF-8, what else ends a line, and what nobody sees or what turns the words around.
_NOT_IN_A_LINE = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
_LOOKS_EMPTY = "\u3164\uffa0\u115f\u1160\u2800"  # letters and signs that show nothing


def one_line(option: str, text: str, what: str) -> str:
    """The text without spaces around it.

    SettingError, naming the option, unless it is one line of 1 to LONGEST characters with a letter or a digit among them.
    """
    line = text.strip()
    told = any(sign.isalnum() and sign not in _LOOKS_EMPTY for sign in line)
    if not told or len(line) > LONGEST or any(unicodedata.category(sign) in _NOT_IN_A_LINE for sign in line):
        raise SettingError(f"{option} {line[:40]!r}: {what}, one line of 1 to {LONGEST} characters")
    return line
