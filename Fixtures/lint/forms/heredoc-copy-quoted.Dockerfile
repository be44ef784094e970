# syntax=docker/dockerfile:1
FROM alpine:3.20
COPY --chmod=755 <<"EOF" /entrypoint.sh
#!/bin/sh
exec "$@" "$HOME" ${UNSET}
EOF
USER 1000
ENTRYPOINT ["/entrypoint.sh"]
