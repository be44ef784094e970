# syntax=docker/dockerfile:1
FROM debian:12.5
RUN <<EOF
set -eo pipefail
cat /etc/passwd | sort > /sorted
EOF
USER 1000
