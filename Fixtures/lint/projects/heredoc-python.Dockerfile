# syntax=docker/dockerfile:1
FROM python:3.12-slim

RUN <<EOT bash
  set -ex
  pip install flask
  apt-get update | tee /log
EOT

RUN python3 <<EOF
import sys
print("apt-get install x | y", file=sys.stderr)
EOF

COPY --chown=1000 <<-"EOT" /app/run.sh
	#!/bin/sh
	exec python "$@"
	EOT
USER 1000
ENTRYPOINT ["/app/run.sh"]
