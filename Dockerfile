# Two images of one project: `docker build .` makes the API's, `docker build --target dashboard .` the pages'. compose.yaml starts both.
# The base stands in each FROM with its digest; Dependabot raises it, `docker buildx imagetools inspect python:3.11-slim-bookworm` shows it.

FROM python:3.11.15-slim-bookworm@sha256:b18992999dbe963a45a8a4da40ac2b1975be1a776d939d098c647482bcad5cba AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
RUN python -m venv /venv
COPY requirements.txt bin/post_compile /
RUN /venv/bin/pip install --no-deps --require-hashes -r /requirements.txt && PATH=/venv/bin:$PATH /post_compile

FROM packages AS dashboard-packages
COPY requirements-dashboard.txt /
RUN /venv/bin/pip install --no-deps --require-hashes -r /requirements-dashboard.txt

# What both run on: no root, nothing that it could write to, whatever the root file system is mounted as. That user reads what a
# checkout may have kept for its owner, hence the chmod below.
FROM python:3.11.15-slim-bookworm@sha256:b18992999dbe963a45a8a4da40ac2b1975be1a776d939d098c647482bcad5cba AS base
ARG COMMIT=unknown
LABEL org.opencontainers.image.title="credit-scoring" \
  org.opencontainers.image.licenses="MIT" \
  org.opencontainers.image.revision="$COMMIT"
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOME=/tmp
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin app
WORKDIR /app

FROM base AS dashboard
COPY --from=dashboard-packages /venv /venv
COPY .streamlit .streamlit
COPY scoring scoring
COPY dashboard dashboard
COPY data/demo_clients.json data/
COPY server/__init__.py server/healthcheck.py server/
RUN chmod -R a+rX . && python -m compileall -q .
USER 10001
EXPOSE 8501
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["python", "-m", "server.healthcheck", "8501", "/_stcore/health"]
CMD ["python", "-m", "streamlit", "run", "dashboard/main.py", "--server.address", "0.0.0.0", "--server.port", "8501"]

FROM base AS api
# hadolint ignore=DL3008  # the base's digest says which Debian it is, and this is all that is taken from it
RUN apt-get update && apt-get install -y --no-install-recommends libgomp1 && rm -rf /var/lib/apt/lists/*
COPY --from=packages /venv /venv
COPY app.py model.py custom_threshold_model.py gunicorn.conf.py pyproject.toml ./
COPY api api
COPY server server
COPY scoring scoring
COPY jobs jobs
COPY models models
RUN chmod -R a+rX . && python -m compileall -q . && install -d -o 10001 -m 700 /spool
USER 10001
ENV PORT=8000 SPOOL_DIR=/spool
EXPOSE 8000
VOLUME /spool
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["python", "-m", "server.healthcheck"]
CMD ["gunicorn", "app:from_environment()"]
