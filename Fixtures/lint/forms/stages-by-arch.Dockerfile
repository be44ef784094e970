FROM alpine:3.20 AS base-amd64
RUN echo amd64 > /arch
FROM alpine:3.20 AS base-arm64
RUN echo arm64 > /arch
FROM base-$TARGETARCH
COPY app /app
USER 1000
ENTRYPOINT ["/app"]
