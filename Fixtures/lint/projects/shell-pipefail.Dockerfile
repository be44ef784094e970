FROM debian:12-slim
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN curl -sL https://deb.nodesource.com/setup_20.x | bash - && apt-get install -y nodejs=20.10.0-1nodesource1 --no-install-recommends && rm -rf /var/lib/apt/lists/*
RUN wget -qO- https://get.pnpm.io/install.sh | ENV="$HOME/.bashrc" SHELL="$(which bash)" bash -
SHELL ["/bin/sh", "-c"]
RUN cat /etc/passwd | wc -l
