FROM debian:unstable-slim
RUN dpkg --add-architecture arm64 \
 && apt-get update \
 && apt-get install -y --no-install-recommends bc bison crossbuild-essential-arm64 flex kmod libelf-dev libssl-dev rsync xz-utils \
 && rm -rf /var/lib/apt/lists/*
COPY linux-6.6.tar.xz /usr/src/
RUN cd /usr/src && tar xf linux-6.6.tar.xz && ln -s linux-6.6 linux
WORKDIR /usr/src/linux
RUN make ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu- defconfig
