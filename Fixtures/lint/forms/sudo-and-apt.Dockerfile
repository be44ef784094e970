FROM ubuntu:20.04
RUN sudo apt-get update && sudo apt-get install -y vim
RUN apt update && apt install -y nano
USER ubuntu
