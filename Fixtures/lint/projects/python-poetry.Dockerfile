FROM python:3.12-slim AS build
ENV POETRY_VERSION=1.8.2 POETRY_HOME=/opt/poetry
RUN pip install --no-cache-dir "poetry==$POETRY_VERSION"
WORKDIR /app
COPY pyproject.toml poetry.lock ./
RUN poetry install --no-root --only main
FROM python:3.12-slim
COPY --from=build /app /app
USER 1000
