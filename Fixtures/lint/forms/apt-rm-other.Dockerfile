FROM debian:12.5
RUN apt-get update && apt-get install -y --no-install-recommends git=1:2.39.2-1.1 && rm -rf /tmp/*
USER 1000
