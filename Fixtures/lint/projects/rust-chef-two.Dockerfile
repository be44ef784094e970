FROM lukemathwalker/cargo-chef:0.1.66-rust-1.76 AS chef
WORKDIR /app
FROM chef AS planner
COPY . .
RUN cargo chef prepare --recipe-path recipe.json
FROM chef AS builder
COPY --from=planner /app/recipe.json recipe.json
RUN cargo chef cook --release --recipe-path recipe.json
COPY . .
RUN cargo build --release
FROM debian:bookworm-slim AS runtime
COPY --from=builder /app/target/release/app /usr/local/bin/
USER 1000
ENTRYPOINT ["/usr/local/bin/app"]
