FROM alpine:3.20
ARG T=app
COPY main.py $T
ENV ROOT=/srv
COPY main.py $ROOT
USER 1000
