FROM alpine:3.18 AS zig
ARG ZIG_VERSION=0.11.0
RUN apk update && apk add curl tar xz
RUN curl https://ziglang.org/download/$ZIG_VERSION/zig-linux-x86_64-$ZIG_VERSION.tar.xz -O && tar -xf *.tar.xz && mv zig-linux-x86_64-$ZIG_VERSION /opt/zig
COPY . .
RUN /opt/zig/zig build -Doptimize=ReleaseSafe
