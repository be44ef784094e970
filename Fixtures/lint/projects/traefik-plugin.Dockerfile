FROM traefik:v2.10
ADD https://github.com/example/plugin/archive/refs/tags/v1.0.0.zip /plugins-local/
RUN unzip /plugins-local/v1.0.0.zip -d /plugins-local
