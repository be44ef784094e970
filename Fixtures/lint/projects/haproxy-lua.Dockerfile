FROM haproxytech/haproxy-debian:2.8
RUN apt update && apt install -y lua5.3 luarocks; rm -rf /var/lib/apt/lists/*
RUN luarocks install lua-cjson
COPY haproxy.cfg /usr/local/etc/haproxy/
