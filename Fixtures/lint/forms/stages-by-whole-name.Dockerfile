ARG BASE=prod
FROM golang:1.22.1 AS build
WORKDIR /src
COPY . .
RUN go build -o /out/app .
FROM gcr.io/distroless/static:nonroot AS prod
COPY --from=build /out/app /app
FROM alpine:3.20 AS debugging
COPY --from=build /out/app /app
FROM ${BASE}
ENTRYPOINT ["/app"]
