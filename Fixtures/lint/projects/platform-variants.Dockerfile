FROM --platform=$TARGETPLATFORM alpine:3.19 AS a
FROM --platform=${BUILDPLATFORM} golang:1.21 AS b
FROM --platform=linux/arm64 debian:12 AS debian-arm64
FROM --platform=$CUSTOM debian:12
COPY --from=a /x /x
COPY --from=b /y /y
