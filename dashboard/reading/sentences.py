"""What is wrong with a file, in the words of a language: each sentence says where, what, and what to do."""

from dashboard.reading.findings import BadFile, Wrong
from dashboard.words import Words


def sentences(bad: BadFile, words: Words) -> list[str]:
    """A sentence for each problem, and one on how many more there are. They quote the file, so they are no markup."""
    said = [_sentence(wrong, bad.of_table, words) for wrong in bad.problems]
    return [*said, words("file.more", count=words.count(bad.more))] if bad.more else said


def place(row: int, of_table: bool, words: Words) -> str:
    """Where something stands."""
    return words("file.row" if of_table else "file.record", row=words.count(row))


def _sentence(wrong: Wrong, of_table: bool, words: Words) -> str:
    blanks = {name: words.count(blank) if isinstance(blank, int) else blank for name, blank in wrong.blanks.items()}
    if isinstance(first := wrong.blanks.get("first"), int):
        where = place(first, of_table, words)
        blanks["first"] = where[0].lower() + where[1:]
    said = {"place": place(wrong.row or 1, of_table, words), "column": wrong.column, "value": wrong.value}
    return words(f"file.{wrong.kind}", **said, **blanks)
