"""A comparison in Markdown: who is ahead in words, the figures, and the pictures beside the document."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scoring.comparison.comparison import Lead, Measured, leads
from scoring.comparison.lead_plot import plot_leads
from scoring.comparison.panels import plot_calibrations, plot_scores
from scoring.comparison.plots import plot_cost_curves, plot_roc
from scoring.comparison.style import distinct
from scoring.cost import COSTS, Interval
from scoring.files import in_one_line
from scoring.markdown import table
from scoring.training.clients import Clients

LARGEST = 5.0  # MB: what the released model may weigh
Leads = Mapping[str, Mapping[str, Sequence[Lead]]]
"""Figure -> the peer's title -> what ours leads by in each sample."""

_WORDS = {"cost_per_client": "cost per client", "auc": "AUC"}
_SAMPLES = ("out of fold", "report split")
_RANGES = {"auc": "95% interval", "calibration_error": "of a perfect model, by chance", "cost_per_client": "95% interval"}
_COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("AUC", "auc", ".4f"),
    ("Gini", "gini", ".4f"),
    ("KS", "ks", ".4f"),
    ("Brier", "brier", ".5f"),
    ("log loss", "log_loss", ".4f"),
    ("calibration error", "calibration_error", ".4f"),
    ("cost per client", "cost_per_client", ".4f"),
)


@dataclass(frozen=True, slots=True)
class About:
    """What the comparison is of: the release's version, the clients it was made on, the seed."""

    release: str
    clients: Clients
    seed: int


def leads_of(found: Sequence[Measured], *, seed: int) -> Leads:
    """What ours, the first, leads by over each of the others."""
    ours, *peers = found
    return {figure: {peer.title: leads(ours, peer, figure, seed=seed) for peer in peers} for figure in _WORDS}


def written(found: Sequence[Measured], ahead: Leads, about: About, pictures: Sequence[str] = ()) -> str:
    """The findings as Markdown; `pictures` as `draw` gives them."""
    parts = [_what_was_compared(found[0], about), *(_summary(ahead, figure, 0) for figure in _WORDS)]
    parts += [_summary(ahead, figure, 1) for figure in _WORDS]
    tables = [_verdicts(ahead), *(_figures(found, place) for place in range(2))]
    blocks = [[f"- {part}" for part in parts], *tables]
    return "\n\n".join([*("\n".join(lines) for lines in blocks), *pictures]) + "\n"


def draw(found: Sequence[Measured], ahead: Leads, folder: Path) -> list[str]:
    """Write the pictures into `folder`, over those of before, and give each as Markdown for a document beside the folder.

    Raises OutputError where they can't be written.
    """
    scorecard = next((one for one in found if one.name == "woe_scorecard"), distinct(found)[-1])
    drawn: dict[str, Callable[[Path], str]] = {
        "leads.png": lambda path: plot_leads(ahead, path),
        "cost_curves.png": lambda path: plot_cost_curves(found, path),
        "roc.png": lambda path: plot_roc(found, path),
        "calibration.png": lambda path: plot_calibrations(found, path),
        "scores.png": lambda path: plot_scores(found[0], scorecard, path),
    }
    with in_one_line(folder):
        folder.mkdir(exist_ok=True)
    pictures = []
    for name, plot in drawn.items():
        with in_one_line(folder / name):
            pictures.append(f"![{plot(folder / name)}]({folder.name}/{name})")
    return pictures


def verdict(lead: Lead) -> str:
    """Who is ahead and by how much, with the interval of ours' lead."""
    sure = f"({lead.interval.low:+.4f} to {lead.interval.high:+.4f})"
    if lead.ahead:
        return f"ours is ahead by {lead.by:.4f} {sure}"
    if lead.behind:
        return f"ours is behind by {-lead.by:.4f} {sure}"
    return f"can't be told apart {sure}"


def _what_was_compared(ours: Measured, about: About) -> str:
    y, report = about.clients.y, about.clients.report
    size = "under" if ours.megabytes < LARGEST else "NOT under"
    return (
        f"{len(y):,} clients, {y.sum():,} of whom defaulted: {(~report).sum():,} out of fold, {report.sum():,} in the report "
        f"split; seed {about.seed}. Granting to a defaulter costs {COSTS.false_negative:g}, refusing a good client "
        f"{COSTS.false_positive:g}. Ours is release {about.release}, fitted anew: one model of {ours.megabytes:.2f} MB, "
        f"{size} the {LARGEST:.0f} MB it may weigh."
    )


def _summary(ahead: Leads, figure: str, place: int) -> str:
    sides: dict[str, list[str]] = {"ahead of": [], "not to be told apart from": [], "behind": []}
    for title, of_peer in ahead[figure].items():
        lead = of_peer[place]
        side = "ahead of" if lead.ahead else "behind" if lead.behind else "not to be told apart from"
        sides[side].append(title)
    said = [f"{side} {len(titles)} ({'; '.join(titles)})" for side, titles in sides.items() if titles]
    return f"**{_WORDS[figure]}, {_SAMPLES[place]}**: of {len(ahead[figure])} peers, ours is {', '.join(said)}."


def _verdicts(ahead: Leads) -> list[str]:
    columns = [f"{words}, {sample}" for words in _WORDS.values() for sample in _SAMPLES]
    rows = [[title, *(verdict(lead) for figure in _WORDS for lead in ahead[figure][title])] for title in ahead["cost_per_client"]]
    return table(["peer (95% interval of ours' lead)", *columns], rows)


def _figures(found: Sequence[Measured], place: int) -> list[str]:
    named = [f"{title} ({_RANGES[name]})" if name in _RANGES else title for title, name, _ in _COLUMNS]
    titles = [_SAMPLES[place], *named, "threshold"]
    rows = []
    for one in found:
        cells = [
            _with_interval(one.figures[place][name], one.intervals[place][name], digits)
            if name in _RANGES
            else format(one.figures[place][name], digits)
            for _, name, digits in _COLUMNS
        ]
        rows.append([one.title, *cells, f"{one.threshold:.4f}"])
        if place == 0:
            rows[-1] += [f"{one.megabytes:.2f}", f"{one.seconds:.0f}"]
    return table([*titles, "MB", "seconds"] if place == 0 else titles, rows)


def _with_interval(value: float, interval: Interval, digits: str) -> str:
    return f"{value:{digits}} ({interval.low:{digits}} to {interval.high:{digits}})"
