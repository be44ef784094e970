FROM golang:1.22.1-alpine3.19 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN go install -ldflags "-s -w" -tags netgo github.com/example/cmd@v1.4.0
RUN go install -mod mod github.com/example/tool
RUN CGO_ENABLED=0 go build -trimpath -o /bin/app ./cmd/app
FROM scratch
COPY --from=build /bin/app /app
USER 65532
ENTRYPOINT ["/app"]
