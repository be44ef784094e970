FROM golang:1.13
WORKDIR /go/src/app
COPY . .
RUN go get -d -v ./... && go get github.com/lib/pq
USER 1000
CMD ["app"]
