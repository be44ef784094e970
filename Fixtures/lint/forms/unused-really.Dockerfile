FROM alpine:3.20 AS leftover
RUN touch /x
FROM alpine:3.20
COPY a /a
USER 1000
