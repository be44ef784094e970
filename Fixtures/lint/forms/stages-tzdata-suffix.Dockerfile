ARG DISTRO=bookworm
FROM debian:bookworm-slim AS os-bookworm
FROM debian:bullseye-slim AS os-bullseye
FROM os-${DISTRO} AS runtime
COPY bin/tool /usr/local/bin/
USER 65534
CMD ["tool"]
