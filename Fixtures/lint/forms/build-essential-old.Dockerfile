FROM ubuntu:18.04
RUN apt-get -y update && apt-get -y upgrade
RUN apt-get install -yqq build-essential
RUN apt-get -qq install cmake
RUN apt-get install ninja-build --assume-yes
RUN ln -sf /bin/bash /bin/sh
CMD bash
