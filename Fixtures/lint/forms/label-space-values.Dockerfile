FROM debian:12.5
LABEL maintainer me@example.com
ENV LANG C.UTF-8
ENV A=1 B=2
MAINTAINER someone
USER 1000
