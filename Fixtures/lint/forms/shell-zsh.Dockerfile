FROM ubuntu:22.04
SHELL ["/bin/zsh", "-o", "pipefail", "-c"]
RUN print -l a b | sort
SHELL ["/bin/sh", "-c"]
RUN ls | sort
USER 1000
