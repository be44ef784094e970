FROM alpine:3.18.4@sha256:eece025e432126ce23f223450a0326fbebde39cdf496a85d8c016293fc851978
RUN apk add --no-cache bash=5.2.15-r5 ca-certificates git git-lfs \
 && git lfs install --skip-repo
COPY ./scripts/ /usr/local/bin/
ENTRYPOINT ["/usr/local/bin/entrypoint"]
