"""Whom a model treats unequally is somebody's to answer for: the four-fifths rule at release, and who accepted its breach."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from scoring.errors import SettingError, TrainingError
from scoring.fairness.four_fifths import breaches, in_words
from scoring.releasing.wording import one_line


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Why a breach of the four-fifths rule is accepted, and by whom."""

    reason: str
    by: str


def checked_acceptance(reason: str | None, by: str | None) -> Acceptance | None:
    """What --accept and --by say together; None for neither, SettingError for one alone or what is not one line."""
    if reason is None and by is None:
        return None
    if reason is None or by is None:
        raise SettingError('--accept "reason" and --by NAME go together: who accepts says why, and who says why has a name')
    return Acceptance(one_line("--accept", reason, "give the reason"), one_line("--by", by, "give the name"))


def four_fifths(run_id: str, fairness: Mapping[str, Any], accepted: Acceptance | None) -> dict[str, Any]:
    """What model.json keeps of the check: {"breaches": [words], "accepted": {"reason", "by"} or None}.

    `fairness`: what scoring.fairness.measures gave. An acceptance counts, and is kept, only where there is something to accept.
    Raises TrainingError for a breach that nobody accepts.
    """
    found: Sequence[str] = [in_words(breach) for breach in breaches(fairness)]
    if found and not accepted:
        raise TrainingError(
            f"run {run_id} is not released: it breaks the four-fifths rule, {'; '.join(found)}; "
            '--accept "reason" --by NAME releases it all the same, and both stand in its model card'
        )
    return {"breaches": list(found), "accepted": asdict(accepted) if found and accepted else None}
