FROM alpine:3.20
ARG REVISION=0000000
LABEL org.opencontainers.image.revision=$REVISION \
      org.opencontainers.image.title="A tool" \
      Bad_Key=1
USER 1000
