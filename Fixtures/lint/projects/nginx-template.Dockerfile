FROM nginx:1.25.4-alpine
ARG BACKEND_URL
ENV BACKEND=$BACKEND_URL
COPY default.conf.template /etc/nginx/templates/
COPY --from=node:20 /usr/local/bin/node /usr/local/bin/node
HEALTHCHECK --interval=30s CMD curl -f http://localhost/ || exit 1
USER nginx
