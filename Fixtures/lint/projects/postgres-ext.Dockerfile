FROM postgres:16.2-bookworm
ENV PGVECTOR=0.6.0
RUN apt-get update && apt-get install -y --no-install-recommends postgresql-$PG_MAJOR-pgvector=${PGVECTOR}-1 && rm -rf /var/lib/apt/lists/*
COPY init.sql /docker-entrypoint-initdb.d/
