FROM alpine:3.20
ARG APP=app
RUN adduser -D "$APP"
USER $APP
USER app:app
USER 1000:app
USER root
