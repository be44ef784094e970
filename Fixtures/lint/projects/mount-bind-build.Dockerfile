# syntax=docker/dockerfile:1
FROM golang:1.22.1 AS build
WORKDIR /src
RUN --mount=type=bind,target=. --mount=type=cache,target=/root/.cache/go-build --mount=type=cache,target=/go/pkg/mod go build -o /out/app ./cmd/app
FROM alpine:3.20 AS certs
RUN apk add --no-cache ca-certificates=20240226-r0
FROM scratch
COPY --from=certs /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/app /app
USER 1000
ENTRYPOINT ["/app"]
