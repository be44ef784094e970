FROM debian:trixie-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates=20240203 \
 && apt-get dist-clean
USER 1000
