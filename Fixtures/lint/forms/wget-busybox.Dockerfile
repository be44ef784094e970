FROM alpine:3.20
RUN wget https://example.com/a.tgz -O /tmp/a.tgz && tar -xzf /tmp/a.tgz
RUN env http_proxy= wget -q https://example.com/b
RUN timeout 60 wget -nv https://example.com/c
USER 1000
