FROM debian:12.5-slim
RUN apt-get update && apt-get -o Acquire::Retries=3 install -y --no-install-recommends -t bookworm-backports tmux=3.3a && apt-get clean && rm -fr /var/lib/apt/lists/*
RUN apt-get install -y --no-install-recommends -o Dpkg::Options::=--force-confold /tmp/local.deb
USER 1000
