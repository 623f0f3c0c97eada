"""What somebody who can write to the database can do to tests.written_logs.Written's rows."""

import math
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, update

from scoring.decision_log.chain import GENESIS, row_digest
from scoring.decision_log.entries import uuid7
from scoring.decision_log.reading import in_order
from scoring.decision_log.schema import CHAINED, CONTENT, decisions, head, outcomes, reviews


def row_at(log: Connection, position: int, table: Table = decisions) -> dict[str, Any]:
    return dict(log.execute(select(table).where(table.c.position == position)).mappings().one())


def change(log: Connection, at: int, table: Table = decisions, **values: Any) -> None:
    changed = log.execute(update(table).where(table.c.position == at).values(values))
    assert changed.rowcount == 1


def record_with(log: Connection, position: int, old: str, new: str) -> None:
    record = row_at(log, position)["record"]
    assert old in record
    change(log, position, record=record.replace(old, new, 1))


def one_character_that_no_model_sees(log: Connection) -> None:
    record_with(log, 2, '"CODE_GENDER":"M"', '"CODE_GENDER":"F"')


def one_digit(log: Connection) -> None:
    record_with(log, 2, '"AMT_CREDIT":', '"AMT_CREDIT":1')


def the_next_probability(log: Connection) -> None:
    change(log, 7, probability=math.nextafter(row_at(log, 7)["probability"], 1))


def the_next_raw_score(log: Connection) -> None:
    change(log, 7, raw_score=math.nextafter(row_at(log, 7)["raw_score"], math.inf))


def the_decision(log: Connection) -> None:
    change(log, 7, decision={"granted": "refused", "refused": "granted"}[row_at(log, 7)["decision"]])


def the_client(log: Connection) -> None:
    change(log, 7, client=row_at(log, 7)["client"] + 1)


def a_row_in_the_middle_gone(log: Connection) -> None:
    log.execute(delete(decisions).where(decisions.c.position == 10))


def the_last_row_gone(log: Connection) -> None:
    log.execute(delete(decisions).where(decisions.c.position == 40))


def a_review_gone(log: Connection) -> None:
    log.execute(delete(reviews))


def an_outcome(log: Connection) -> None:
    change(log, 22, outcomes, outcome="defaulted")


def two_rows_in_each_others_place(log: Connection) -> None:
    for old, new in ((5, 1000), (9, 5), (1000, 9)):
        change(log, old, position=new)


def two_rows_with_each_others_content(log: Connection) -> None:
    fifth, ninth = row_at(log, 5), row_at(log, 9)
    change(log, 5, decision_id="for a moment")
    for position, other in ((9, fifth), (5, ninth)):
        change(log, position, **{name: other[name] for name in other.keys() - {"position", "digest"}})


def put_in(log: Connection, position: int, previous: str) -> None:
    """A copy of the last row in another place, with the digest that it has to have there."""
    row = {**row_at(log, 40), "decision_id": uuid7(), "position": position}
    log.execute(insert(decisions).values({**row, "digest": digest_of(previous, "decisions", row)}))


def a_row_at_the_end(log: Connection) -> None:
    put_in(log, 41, row_at(log, 40)["digest"])


def a_row_before_the_first(log: Connection) -> None:
    put_in(log, 0, GENESIS)


def a_row_far_before_the_first(log: Connection) -> None:
    put_in(log, -7, GENESIS)


def a_row_beside_another(log: Connection) -> None:
    put_in(log, 22, row_at(log, 21, reviews)["digest"])


def a_record_gone(log: Connection) -> None:
    change(log, 12, record=None, salt=None, client=None)


def a_reason(log: Connection) -> None:
    change(log, 21, reviews, reason="knows the client too well")


def no_head(log: Connection) -> None:
    log.execute(delete(head))


def a_changed_row_with_its_digest(log: Connection) -> None:
    change(log, 10, key_name="another key")
    change(log, 10, digest=digest_of(row_at(log, 9)["digest"], "decisions", row_at(log, 10)))


def the_last_row_with_its_digest(log: Connection) -> None:
    change(log, 40, key_name="another key")
    change(log, 40, digest=digest_of(row_at(log, 39)["digest"], "decisions", row_at(log, 40)))


def digest_of(previous: str, table: str, row: Mapping[str, Any]) -> str:
    return row_digest(previous, table, [row[name] for name in CONTENT[table]])


def rewrite(log: Connection) -> None:
    """A chain of one's own over whatever stands there, and its head."""
    previous, position = GENESIS, 0
    for table, row in list(in_order(log)):
        previous, position = digest_of(previous, table, row), row["position"]
        change(log, position, CHAINED[table], digest=previous)
    log.execute(update(head).values(count=position, digest=previous))


def a_text_for_a_number(log: Connection) -> None:
    """What PostgreSQL refuses, and SQLite takes."""
    change_cell(log, "probability", "'x'")


def bytes_for_a_text(log: Connection) -> None:
    change_cell(log, "record", "x'00ff'")


def a_byte_that_is_no_utf8(log: Connection) -> None:
    change_cell(log, "key_name", "CAST(x'6bff' AS TEXT)")


def a_digest_of_another_kind(log: Connection) -> None:
    change_cell(log, "digest", "x'00'")


def change_cell(log: Connection, column: str, value: str) -> None:
    log.exec_driver_sql(f"UPDATE decisions SET {column} = {value} WHERE position = 7")
