FROM ubuntu:22.04
ARG DEBIAN_FRONTEND=noninteractive
RUN apt-get update && apt-get install -y --no-install-recommends \
      build-essential=12.9ubuntu3 \
      cmake=3.22.1-1ubuntu1 \
      git=1:2.34.1-1ubuntu1 \
      curl zip unzip tar pkg-config \
    && rm -rf /var/lib/apt/lists/*
RUN git clone https://github.com/microsoft/vcpkg /opt/vcpkg && cd /opt/vcpkg && ./bootstrap-vcpkg.sh
ENV VCPKG_ROOT=/opt/vcpkg PATH=$VCPKG_ROOT:$PATH
COPY vcpkg.json CMakeLists.txt src /work
WORKDIR /work
RUN cmake --preset release
