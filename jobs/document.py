"""Documents that a person writes and a command fills in: what it finds stands between two lines that are marks."""

from collections.abc import Callable
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


def fill(document: Path | None, mark: str, measured: Callable[[], str], what: str) -> None:
    """Write what a long measurement gives, `what` in words, between the document's marks; print it where there is no document.

    A document that can't take it is refused before the measurement; where it can't be written after it, it is printed as well.
    """
    if document:
        check(document, mark)
    text = measured()
    if document is None:
        print(text, end="")
        return
    try:
        write_between(document, mark, text)
    except OutputError:
        print(text, end="")  # it took long
        raise
    print(f"wrote {what} into {document}")


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
