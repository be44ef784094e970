FROM golang:1.21 AS gen
WORKDIR /w
COPY . .
RUN go run ./internal/gen && go run -race github.com/x/y@v0.1.0
FROM gcr.io/distroless/base-debian12:nonroot
COPY --from=gen /w/out /out
