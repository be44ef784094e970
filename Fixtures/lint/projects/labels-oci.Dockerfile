FROM alpine:3.19
ARG BUILD_DATE
ARG VCS_REF
LABEL org.opencontainers.image.created=$BUILD_DATE \
      org.opencontainers.image.revision=$VCS_REF \
      org.opencontainers.image.title="demo app" \
      com.Example.Vendor="ACME" \
      _private=1 \
      com.docker.example="x"
USER 10001:10001
