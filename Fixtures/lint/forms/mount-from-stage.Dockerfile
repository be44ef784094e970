# syntax=docker/dockerfile:1
FROM alpine:3.20 AS tools
RUN echo 1 > /tool
FROM alpine:3.20
RUN --mount=type=bind,from=tools,source=/tool,target=/mnt/tool cp /mnt/tool /tool
USER 1000
