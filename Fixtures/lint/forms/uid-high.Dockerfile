FROM debian:12.5-slim
ARG APP_UID=1234567
RUN useradd -m -u ${APP_UID} app
RUN useradd --uid 7654321 other
USER 1234567
