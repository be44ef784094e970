# syntax=docker/dockerfile:1
FROM nginx:1.25
ARG HOST=example.com
ARG PORT=8080
COPY <<EOF /etc/nginx/conf.d/default.conf
server {
  listen ${PORT};
  server_name $HOST;
}
EOF
USER nginx
