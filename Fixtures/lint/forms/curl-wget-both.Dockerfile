FROM ubuntu:22.04
RUN apt-get update && apt-get install -y --no-install-recommends wget=1.21 curl=7.81 && rm -rf /var/lib/apt/lists/*
RUN wget -q https://example.com/a && curl -fsSLO https://example.com/b
RUN command -v wget && command -v curl
USER 1000
