# check=skip=StageNameCasing
FROM alpine:3.19 AS Build
# hadolint ignore=DL3018
RUN apk add git
RUN <<EOF
cd /srv
wget http://example.org/x
EOF
FROM build
COPY --from=Build /x .
