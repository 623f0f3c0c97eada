"""Documents that a person writes and a command fills in: what it finds stands between two lines that are marks."""

from pathlib import Path

from scoring.errors import OutputError


def check(document: Path, mark: str) -> None:
    """OutputError where `write_between` couldn't: to be asked before a measurement that takes long."""
    _around(document, mark)


def write_between(document: Path, mark: str, text: str) -> None:
    """Put the text, which ends with a line's end, between the document's two lines `mark`; nothing else of it changes.

    The document is read again: it may have been edited meanwhile. Raises OutputError where it can't be read or written, or
    lacks its marks.
    """
    from scoring.files import new_file

    before, after = _around(document, mark)
    with new_file(document) as file:
        file.write(f"{before}{mark}\n{text}{mark}\n{after}".encode())


def _around(document: Path, mark: str) -> tuple[str, str]:
    """What stands in the document before and after its marks."""
    try:
        text = document.read_text(encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{document} can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise OutputError(f"{document} can't be read: it is not UTF-8") from error
    if text.count(f"{mark}\n") != 2:
        raise OutputError(f"{document} has no two lines {mark} to write between")
    before, _, after = text.split(f"{mark}\n")
    return before, after
