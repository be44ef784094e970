FROM golang:latest
RUN go install golang.org/x/tools/cmd/goimports@latest \
 && go install honnef.co/go/tools/cmd/staticcheck@v0.4.7 \
 && go get -u github.com/golang/lint/golint
RUN curl -sSfL https://raw.githubusercontent.com/golangci/golangci-lint/master/install.sh | sh -s -- -b $(go env GOPATH)/bin v1.55.2
WORKDIR /work
ENTRYPOINT golangci-lint run
