FROM python:3.11.8-slim-bookworm
ENV PIP_NO_CACHE_DIR=off PIP_DISABLE_PIP_VERSION_CHECK=on
WORKDIR /code
COPY requirements.txt ./
RUN pip install --upgrade -r requirements.txt
USER 1000
