"""Decisions, reviews, outcomes and purges in one chain, its head, and the callers' Idempotency-Keys."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

LARGE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _chained(
        "decisions",
        sa.Column("decision_id", sa.String(36), nullable=False, unique=True),
        sa.Column("time", sa.String(29), nullable=False),
        sa.Column("request_id", sa.String(36), nullable=False),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("key_name", sa.Text, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("latency_ms", sa.Double, nullable=False),
        sa.Column("raw_score", sa.Double, nullable=False),
        sa.Column("probability", sa.Double, nullable=False),
        sa.Column("threshold", sa.Double, nullable=False),
        sa.Column("decision", sa.String(16), nullable=False),
        sa.Column("model_sha256", sa.String(64), nullable=False),
        sa.Column("model_version", sa.String(64), nullable=False),
        sa.Column("code_version", sa.String(32), nullable=False),
        sa.Column("record_digest", sa.String(64), nullable=False),
        sa.Column("salt", sa.String(32)),
        sa.Column("client", sa.BigInteger),
        sa.Column("record", sa.Text),
    )
    _chained(
        "reviews",
        sa.Column("review_id", sa.String(36), nullable=False, unique=True),
        sa.Column("decision_id", sa.String(36), nullable=False),
        sa.Column("time", sa.String(29), nullable=False),
        sa.Column("key_name", sa.Text, nullable=False),
        sa.Column("reviewer", sa.Text, nullable=False),
        sa.Column("decision", sa.String(16), nullable=False),
        sa.Column("reason_digest", sa.String(64), nullable=False),
        sa.Column("salt", sa.String(32)),
        sa.Column("reason", sa.Text),
    )
    _chained(
        "outcomes",
        sa.Column("outcome_id", sa.String(36), nullable=False, unique=True),
        sa.Column("decision_id", sa.String(36), nullable=False),
        sa.Column("time", sa.String(29), nullable=False),
        sa.Column("key_name", sa.Text, nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("date", sa.String(10), nullable=False),
    )
    _chained(
        "purges",
        sa.Column("time", sa.String(29), nullable=False),
        sa.Column("before", sa.String(29), nullable=False),
        sa.Column("decisions", sa.Integer, nullable=False),
    )
    op.create_table(
        "claims",
        sa.Column("key_name", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("time", sa.String(29), nullable=False),
        sa.Column("request_sha256", sa.String(64), nullable=False),
        sa.Column("reply", sa.LargeBinary, nullable=False),
    )
    for table, column in [
        ("decisions", "time"),
        ("reviews", "decision_id"),
        ("outcomes", "decision_id"),
    ]:
        op.create_index(f"ix_{table}_{column}", table, [column])
    op.create_index("ix_claims_time", "claims", ["time"])
    head = op.create_table(
        "head",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("count", LARGE, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
    )
    op.bulk_insert(head, [{"id": 1, "count": 0, "digest": "0" * 64}])


def downgrade() -> None:
    raise NotImplementedError("a decision log isn't dropped by a command: export it first, then drop its tables yourself")


def _chained(name: str, *columns: sa.Column[object]) -> None:
    position = sa.Column("position", LARGE, primary_key=True, autoincrement=False)
    op.create_table(name, position, *columns, sa.Column("digest", sa.String(64), nullable=False))
