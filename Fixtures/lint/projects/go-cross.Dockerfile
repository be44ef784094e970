FROM --platform=$BUILDPLATFORM golang:1.21-alpine AS build
ARG TARGETOS
ARG TARGETARCH
RUN apk add --no-cache git make
WORKDIR /go/src/app
COPY . .
RUN GOOS=$TARGETOS GOARCH=$TARGETARCH go build -o /bin/app .
FROM alpine
RUN apk --no-cache add ca-certificates tzdata
COPY --from=build /bin/app /bin/app
ENTRYPOINT ["/bin/app"]
