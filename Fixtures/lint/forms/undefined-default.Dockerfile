FROM alpine:3.20
WORKDIR ${DIR:-/srv}
ENV A=${B:-x} C=${D:+y}
LABEL who="${AUTHOR}"
USER 1000
