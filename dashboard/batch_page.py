"""The page that decides a whole file of clients: drop it, watch it being decided, take the decisions away."""

import streamlit as st

from dashboard import markup
from dashboard.batch import Batch, Progress
from dashboard.batch_job import Job
from dashboard.batch_result import show_result
from dashboard.failing import told
from dashboard.reading import BadFile, Clients, sentences
from dashboard.session import Model, Visit, known_model, model
from dashboard.trouble import Kind, Trouble
from dashboard.words import Words

_LOOK_AGAIN = 0.5  # seconds
_FILE = "batch file"
_MINUTE = 60


def show(visit: Visit) -> None:
    """Show it, at the point where the visitor's batch is."""
    words = visit.words
    job = _job()
    st.write(words("batch.intro"))
    st.file_uploader(words("batch.drop"), ["csv", "json"], key=_FILE, on_change=_dropped, disabled=job.running)
    if not job.name:
        return
    with told(words, "batch"):
        _show_file(job, known_model() or model(visit.service), visit)


def _job() -> Job:
    """The visitor's, which outlasts the page."""
    job: Job = st.session_state.setdefault("batch", Job())
    return job


def _dropped() -> None:
    """Take a file that was dropped, or forget the one that was taken away."""
    file = st.session_state[_FILE]
    st.session_state["batch"] = Job(file.name, file.getvalue()) if file else Job()


def _show_file(job: Job, known: Model, visit: Visit) -> None:
    words = visit.words
    try:
        clients = job.clients(known.fields)
    except BadFile as bad:
        st.error(words("batch.bad"))
        markup.show("sentences", words, sentences=sentences(bad, words))
        return
    if clients is None:
        _watch_reading(job, known, words)
    else:
        _show_clients(job, clients, visit)


def _watch_reading(job: Job, known: Model, words: Words) -> None:
    @st.fragment(run_every=_LOOK_AGAIN)
    def look() -> None:
        markup.show("line", words, text=words("batch.reading", name=job.name))
        try:
            done = job.clients(known.fields) is not None
        except BadFile:
            done = True
        if done:
            st.rerun()

    look()


def _show_clients(job: Job, clients: Clients, visit: Visit) -> None:
    words = visit.words
    said = [words("batch.read", name=job.name, count=words.count(len(clients.records)))]
    said += [words("batch.left_out", column=column) for column in clients.left_out]
    markup.show("line", words, text=" ".join(said))
    running = job.running
    may_begin = job.batch is None or running or job.batch.progress.finished
    simulation = st.checkbox(
        words("batch.simulation"), key="batch.simulation", persist_state="session", disabled=running or not may_begin
    )
    if may_begin and st.button(words("batch.begin"), type="primary", disabled=running, key="batch.begin"):
        job.begin(visit.service, model(visit.service).version, clients.records, simulation)
        st.rerun()
    if job.batch is not None and running:
        _watch_batch(job.batch, words)
    elif job.batch is not None:
        _show_end(job, job.batch, clients, words)


def _watch_batch(batch: Batch, words: Words) -> None:
    @st.fragment(run_every=_LOOK_AGAIN)
    def look() -> None:
        progress = batch.progress
        if not progress.running:
            st.rerun()
        st.progress(progress.decided / progress.total, _so_far(progress, words))
        st.caption(words("batch.reload"))
        stopping = batch.stopping
        st.button(words("batch.stopping" if stopping else "batch.stop"), on_click=batch.stop, disabled=stopping, key="batch.stop")
        if progress.trouble:
            st.warning(words("batch.waiting"))

    look()


def _so_far(progress: Progress, words: Words) -> str:
    """How many are decided, and how long the others will take."""
    said = words("batch.progress", decided=words.count(progress.decided), total=words.count(progress.total))
    if progress.seconds_left is None:
        return said
    minutes = progress.seconds_left > _MINUTE
    count = words.count(max(1, round(progress.seconds_left / _MINUTE if minutes else progress.seconds_left)))
    return words("batch.left", progress=said, time=words("batch.minutes" if minutes else "batch.seconds", count=count))


def _show_end(job: Job, batch: Batch, clients: Clients, words: Words) -> None:
    progress = batch.progress
    if progress.finished:
        st.success(words("batch.finished"))
    elif progress.trouble and progress.trouble.kind is Kind.REFUSED:
        st.error(words("batch.bad"))
        markup.show("sentences", words, sentences=_refusal(progress, progress.trouble, clients, words))
    elif progress.trouble:
        st.error(f"{words(f'trouble.{progress.trouble.kind}')} {words('batch.kept')}")
    else:
        st.info(words("batch.stopped"))
    if not progress.finished:
        st.write(_so_far(progress, words))
        if not (progress.trouble and progress.trouble.kind is Kind.REFUSED):
            st.button(words("batch.resume"), type="primary", on_click=batch.resume, key="batch.resume")
    if progress.decisions:
        show_result(job, progress, words)


def _refusal(progress: Progress, trouble: Trouble, clients: Clients, words: Words) -> list[str]:
    """What to look at in a file whose clients the service doesn't take."""
    rows = [words.count(clients.rows[at]) for at in (progress.concerned[0], progress.concerned[-1])]
    where = words("batch.refused_rows" if clients.of_table else "batch.refused_records", first=rows[0], last=rows[1])
    columns = sorted({field for field, _ in trouble.problems if field})
    return [where, *([words("batch.refused_columns", columns=", ".join(columns))] if columns else [])]
