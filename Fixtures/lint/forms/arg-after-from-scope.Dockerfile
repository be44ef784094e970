ARG VERSION=1.2.3
FROM alpine:3.20
ADD https://example.com/tool-${VERSION}.tar.gz /tmp/
RUN tar xzf /tmp/tool.tar.gz
USER 1000
