# syntax=docker/dockerfile:1
FROM alpine:3.20
ADD https://github.com/moby/buildkit.git#v0.14.1 /src
ADD git@github.com:moby/moby.git /moby
USER 1000
