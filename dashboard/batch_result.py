"""What came of a batch: how many on which side, a picture, the first of them, and all of them as a file."""

import csv
import io
from collections.abc import Sequence

import streamlit as st

from dashboard import markup
from dashboard.answers import Decision
from dashboard.batch import Progress
from dashboard.batch_chart import histogram
from dashboard.batch_job import Job
from dashboard.words import Words

_FIRST = 10
_COLUMNS = ("client", "probability", "threshold", "decision", "purpose", "decision_id", "model_version")


def show_result(job: Job, progress: Progress, words: Words) -> None:
    """Show what is decided so far, one client at least."""
    decisions = progress.decisions
    granted, against = st.columns(2)
    granted.metric(words("batch.granted"), words.count(progress.decided - progress.refused), border=True)
    against.metric(words("batch.refused"), words.count(progress.refused), border=True)
    if job.simulation:
        st.write(words("batch.simulated"))
    _download(job, decisions, words)
    chart = histogram([one.probability for one in decisions], decisions[0].threshold, words)
    st.altair_chart(chart, width="stretch", theme=None)
    markup.show("decisions", words, decisions=decisions[:_FIRST])


def as_csv(decisions: Sequence[Decision], purpose: str) -> bytes:
    """A file for the lender's systems: names and numbers as programs write them, each probability to its last bit."""
    out = io.StringIO(newline="")
    rows = csv.writer(out)
    rows.writerow(_COLUMNS)
    for one in decisions:
        rows.writerow([one.SK_ID_CURR, one.probability, one.threshold, one.decision, purpose, one.decision_id, one.model_version])
    return out.getvalue().encode()


def _download(job: Job, decisions: Sequence[Decision], words: Words) -> None:
    purpose = "simulation" if job.simulation else "decision"
    if job.rows != len(decisions):
        job.table, job.rows = as_csv(decisions, purpose), len(decisions)
    st.download_button(
        words("batch.download"),
        job.table,
        file_name=f"{job.name.rpartition('.')[0] or job.name}-{purpose}s.csv",
        mime="text/csv",
        on_click="ignore",
        key="batch.download",
    )
