FROM golang:1.22-windowsservercore-1809
WORKDIR C:\gopath\src\app
COPY . .
RUN go install -v ./...
RUN go install github.com/example/tool@latest
RUN go install -tags netgo github.com/example/other@v1.0.0
CMD ["app"]
