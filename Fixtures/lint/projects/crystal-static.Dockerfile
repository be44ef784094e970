FROM crystallang/crystal:1.10.1-alpine as builder
COPY shard.* ./
RUN shards install --production
COPY src src
RUN crystal build --release --static src/app.cr -o /app.bin
FROM gcr.io/distroless/static
COPY --from=builder /app.bin /app
ENTRYPOINT ["/app"]
