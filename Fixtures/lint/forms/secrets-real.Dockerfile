FROM alpine:3.20
ARG GITHUB_TOKEN
ENV DB_PASSWORD=hunter2 PUBLIC_KEY_URL=https://example.com/key
COPY id_rsa /root/.ssh/id_rsa
RUN git clone git@example.com:x/y && rm /root/.ssh/id_rsa
USER 1000
