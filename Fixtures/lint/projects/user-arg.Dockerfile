FROM debian:12
ARG APP_UID=1000
RUN useradd --no-log-init -u ${APP_UID} app && useradd -u 9999999 svc && usermod -L svc
USER ${APP_UID}
USER $UNKNOWN
USER root:root
