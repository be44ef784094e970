FROM gcc:13 AS build
RUN apt-get update && export DEBIAN_FRONTEND=noninteractive \
    && apt-get -y install --no-install-recommends cmake ninja-build
COPY . /usr/src/engine
WORKDIR /usr/src/engine/build
RUN cmake -G Ninja -DCMAKE_BUILD_TYPE=Release .. && ninja && ctest
FROM debian:12-slim
COPY --from=build /usr/src/engine/build/engine /usr/local/bin/
CMD engine --config /etc/engine.toml
