FROM debian:12 AS one
FROM one
COPY --from=one --chmod=644 /a /b/
ADD --chown=a:b --checksum=sha256:abc https://x/y.tar.gz /z/
RUN --network=none --security=insecure --mount=type=ssh --mount=type=secret,id=x true
