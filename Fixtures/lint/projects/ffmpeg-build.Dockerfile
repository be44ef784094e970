FROM ubuntu:22.04 AS build
ENV FFMPEG_VERSION=6.1 PREFIX=/opt/ffmpeg \
    MAKEFLAGS="-j4"
RUN buildDeps="autoconf automake cmake curl bzip2 libexpat1-dev g++ gcc git gperf libtool make nasm perl pkg-config yasm" && \
    apt-get -yqq update && \
    apt-get install -yq --no-install-recommends ${buildDeps}
RUN DIR=/tmp/x264 && mkdir -p ${DIR} && cd ${DIR} && \
    curl -sL https://code.videolan.org/videolan/x264/-/archive/stable/x264-stable.tar.bz2 | tar -jx --strip-components=1 && \
    ./configure --prefix="${PREFIX}" --enable-shared && make && make install
FROM ubuntu:22.04
COPY --from=build /opt/ffmpeg /usr/local
ENTRYPOINT ["ffmpeg"]
CMD ["--help"]
