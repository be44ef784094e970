ARG GO_VERSION
ARG ALPINE_VERSION=3.19
FROM golang:${GO_VERSION:-1.21}-alpine${ALPINE_VERSION} AS base
FROM base AS lint
RUN --mount=type=bind,target=. go vet ./...
FROM base AS build
ARG VERSION
RUN --mount=type=bind,target=. go build -ldflags "-X main.version=$VERSION" -o /usr/bin/tool .
FROM scratch AS binary
COPY --from=build /usr/bin/tool /
FROM alpine:${ALPINE_VERSION}
COPY --from=binary /tool /usr/bin/
