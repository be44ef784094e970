ARG BUILD_FROM
FROM ${BUILD_FROM} AS builder
RUN apt-get update && apt-get install -y --no-install-recommends gcc=4:12.2.0-3
FROM $BUILD_FROM
COPY --from=builder /usr/bin/gcc /usr/bin/gcc
