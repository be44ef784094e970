# syntax=docker/dockerfile:1
FROM alpine:3.20
ARG UID=1000
COPY --chown=${UID}:${UID} --chmod=0755 run.sh /run.sh
COPY --chmod=777 a /a
RUN chmod 777 /b && chmod -R o+w /c
USER ${UID}
