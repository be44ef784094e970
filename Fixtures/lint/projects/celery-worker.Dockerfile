FROM python:3.10.13-slim-bullseye
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=on
WORKDIR /srv/worker
COPY requirements/ requirements/
RUN pip install -U setuptools wheel \
 && pip install -r requirements/prod.txt
COPY worker worker
RUN groupadd -r celery && useradd -r -g celery celery
USER celery
CMD exec celery -A worker worker --loglevel=INFO
