FROM --platform=${TARGETPLATFORM:-linux/amd64} alpine:3.20 AS one
FROM alpine:3.20
COPY --from=one /etc/os-release /x
