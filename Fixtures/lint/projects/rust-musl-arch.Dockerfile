FROM --platform=$BUILDPLATFORM rust:1.76 AS build
ARG TARGETARCH
RUN case "$TARGETARCH" in amd64) echo x86_64 ;; arm64) echo aarch64 ;; esac > /triple
COPY . .
RUN cargo build --release --target "$(cat /triple)-unknown-linux-musl"
FROM scratch
COPY --from=build /target/release/app /app
USER 1000
