ARG variant=slim
FROM debian:12.5-slim AS img-slim
ENV KIND=slim
FROM debian:12.5 AS img-full
ENV KIND=full
FROM img-${variant} AS final
RUN echo "$KIND" > /kind
WORKDIR /$KIND
USER 1000
