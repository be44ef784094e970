# syntax=docker/dockerfile:1.4
FROM debian:12-slim

RUN <<EOF
set -eu
apt-get update
apt-get install -y --no-install-recommends nginx=1.22.1-9
rm -rf /var/lib/apt/lists/*
EOF

COPY <<EOF /usr/share/nginx/html/index.html
<h1>hello</h1>
EOF

CMD ["nginx", "-g", "daemon off;"]
