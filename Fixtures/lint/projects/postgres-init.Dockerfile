FROM postgres:15
ENV POSTGRES_USER app
ENV POSTGRES_PASSWORD app
ENV POSTGRES_DB app
COPY init/*.sql /docker-entrypoint-initdb.d/
HEALTHCHECK --interval=10s --timeout=3s CMD pg_isready -U app || exit 1
