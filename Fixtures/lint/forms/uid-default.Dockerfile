FROM debian:12.5-slim
ARG uid=1000
ARG gid=1000
RUN groupadd -g ${gid} app && useradd -m -u ${uid} -g app app
USER ${uid}
