"""The log's tables. Every row of CHAINED has a position in one chain over all of them; `head` says where that chain ends.

What is said of a person (a client's record, a reviewer's reason) stands in a column that can be emptied later. The chain holds
it by a salted digest alone: the row stays provable without it, and nobody can guess it from what stays.
"""

from sqlalchemy import BigInteger, Column, Double, Integer, LargeBinary, MetaData, String, Table, Text

LARGE = BigInteger().with_variant(Integer, "sqlite")
"""In SQLite only an INTEGER PRIMARY KEY is the row's own number."""

metadata = MetaData()


def _chained(name: str, *columns: Column[object]) -> Table:
    position = Column("position", LARGE, primary_key=True, autoincrement=False)
    return Table(name, metadata, position, *columns, Column("digest", String(64), nullable=False))


decisions = _chained(
    "decisions",
    Column("decision_id", String(36), nullable=False, unique=True),
    Column("time", String(29), nullable=False, index=True),
    Column("request_id", String(36), nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("key_name", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("latency_ms", Double, nullable=False),
    Column("raw_score", Double, nullable=False),
    Column("probability", Double, nullable=False),
    Column("threshold", Double, nullable=False),
    Column("decision", String(16), nullable=False),
    Column("model_sha256", String(64), nullable=False),
    Column("model_version", String(64), nullable=False),
    Column("code_version", String(32), nullable=False),
    Column("record_digest", String(64), nullable=False),
    Column("salt", String(32)),
    Column("client", BigInteger),
    Column("record", Text),
)
reviews = _chained(
    "reviews",
    Column("review_id", String(36), nullable=False, unique=True),
    Column("decision_id", String(36), nullable=False, index=True),
    Column("time", String(29), nullable=False),
    Column("key_name", Text, nullable=False),
    Column("reviewer", Text, nullable=False),
    Column("decision", String(16), nullable=False),
    Column("reason_digest", String(64), nullable=False),
    Column("salt", String(32)),
    Column("reason", Text),
)
outcomes = _chained(
    "outcomes",
    Column("outcome_id", String(36), nullable=False, unique=True),
    Column("decision_id", String(36), nullable=False, index=True),
    Column("time", String(29), nullable=False),
    Column("key_name", Text, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("date", String(10), nullable=False),
)
purges = _chained(
    "purges",
    Column("time", String(29), nullable=False),
    Column("before", String(29), nullable=False),
    Column("decisions", Integer, nullable=False),
)
CHAINED = {str(table.name): table for table in (decisions, reviews, outcomes, purges)}
PRIVATE = {"decisions": "record", "reviews": "reason"}
"""The column of a table that holds what is said of a person; `salt` and, of a decision, `client` go with it."""

CONTENT = {
    name: tuple(
        column.name for column in table.columns if column.name not in {"position", "digest", "salt", "client", PRIVATE.get(name)}
    )
    for name, table in CHAINED.items()
}
"""The columns whose values a row's digest covers, in order."""

head = Table(
    "head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("count", LARGE, nullable=False),
    Column("digest", String(64), nullable=False),
)
claims = Table(
    "claims",
    metadata,
    Column("key_name", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("time", String(29), nullable=False, index=True),
    Column("request_sha256", String(64), nullable=False),
    Column("reply", LargeBinary, nullable=False),
)
