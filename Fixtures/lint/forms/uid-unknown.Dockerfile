FROM ubuntu:22.04
ARG USER_ID
RUN useradd -m --uid "${USER_ID}" dev
USER $USER_ID
