"""What came of all that was tried, in a table and in sentences."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from scoring.markdown import table
from tests.robustness.firing import Tried
from tests.robustness.flips import Flips
from tests.robustness.generated import Generated

SLOW = (30, 200)
"""How many slow callers there were at once."""
TITLES = ("group", "tried", "refused with", "scored", "5xx", "slowest answer, s")


@dataclass
class Outcome:
    """`tried` by group; of `valid` requests, `unlike` says what is wrong with some; `traces` is what is wrong with the log.

    `slow`: by manner, the slowest good answer in seconds beside so many callers each as SLOW has.
    """

    tried: dict[str, Sequence[Tried]] = field(default_factory=dict)
    families: set[str] = field(default_factory=set)
    valid: int = 0
    unlike: list[str] = field(default_factory=list)
    decisions: int = 0
    traces: list[str] = field(default_factory=list)
    flips: list[Flips] = field(default_factory=list)
    generated: Generated = field(default_factory=lambda: Generated(0, ""))
    slow: dict[str, tuple[float, ...]] = field(default_factory=dict)

    @property
    def wrong(self) -> list[str]:
        """Everything that isn't as promised, in words."""
        cases = [f"{group}: {one}" for group, tried in self.tried.items() for one in tried if one.wrong]
        loaded = [f"a bit of {one.file} changes what is scored: {one}" for one in self.flips if one.wrong]
        pickles = [f"a damaged pickle was opened: {one}" for one in self.flips if one.file == "model.pkl" and one.opened]
        held_up = [
            f"{SLOW[0]} callers, each {manner}: an answer took {took[0]:.1f} s"
            for manner, took in self.slow.items()
            if took[0] > 1
        ]
        made = [self.generated.failures] if self.generated.failures else []
        return [*cases, *self.unlike, *self.traces, *loaded, *pickles, *made, *held_up]


def tabled(outcome: Outcome) -> str:
    """The groups as a Markdown table, those made by rule and the sums last; then the rest as a list."""
    by_hand = {name: tried for name, tried in outcome.tried.items() if name not in outcome.families}
    by_rule = {f"made by rule: {name}": tried for name, tried in outcome.tried.items() if name in outcome.families}
    rows = [_row(name, tried) for name, tried in (by_hand | by_rule).items()]
    rows += [_row(f"**all {words}**", _all(tried)) for words, tried in (("by hand", by_hand), ("made by rule", by_rule)) if tried]
    titles = ("callers, each of whom", *(f"beside {number} of them" for number in SLOW))
    slow = [[manner, *(f"{seconds:.2f}" for seconds in took)] for manner, took in outcome.slow.items()]
    lines = [*table(TITLES, rows), "", *_sentences(outcome), "", "The slowest good answer, in seconds:", "", *table(titles, slow)]
    return "".join(f"{line}\n" for line in lines)


def _row(name: str, tried: Sequence[Tried]) -> list[str]:
    statuses = Counter(status for one in tried for status in one.statuses)
    words = [f"{status or 'no answer'}: {count:,}" for status, count in sorted(statuses.items()) if not 200 <= status < 300]
    counts = [f"{sum(one.scored for one in tried):,}", f"{sum(max(one.statuses) >= 500 for one in tried):,}"]
    return [name, f"{len(tried):,}", ", ".join(words), *counts, f"{max(one.seconds for one in tried):.1f}"]


def _sentences(outcome: Outcome) -> list[str]:
    tried = _all(outcome.tried)
    right = sum(not one.wrong for one in tried)
    sentences = [
        f"- {right:,} of {len(tried):,} bad requests were refused as promised, the next good request answered as ever.",
        f"- {outcome.valid - len(outcome.unlike)} of {outcome.valid} good requests got the probabilities that a batch gives.",
        f"- {outcome.decisions:,} decisions were acknowledged; {_log_in_words(outcome.traces)}.",
    ]
    made = f"- {outcome.generated.requests:,} requests that schemathesis made of /openapi.json got answers as described"
    sentences.append(f"{made}, but for what stands on stderr." if outcome.generated.failures else f"{made}.")
    return sentences + [_flips_in_words(one) for one in outcome.flips]


def _log_in_words(traces: Sequence[str]) -> str:
    return f"the log differs from that in {len(traces)}" if traces else "the log holds these and nothing else"


def _flips_in_words(flips: Flips) -> str:
    found = f"- Of {flips.tried} copies of {flips.file} with one bit flipped {flips.refused} stop the start"
    if flips.file == "model.pkl":
        return f"{found}, {flips.opened} of them with the pickle opened."
    return f"{found}, {flips.exact} score the golden records exactly, {flips.wrong} do otherwise."


def _all(by_group: Mapping[str, Sequence[Tried]]) -> list[Tried]:
    return [one for tried in by_group.values() for one in tried]
