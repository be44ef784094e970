FROM hashicorp/consul-template:0.34 AS ct
FROM nginx:1.25-alpine-slim
RUN apk add runit
COPY --from=ct /bin/consul-template /usr/local/bin
COPY nginx.service /etc/service/nginx/run
COPY consul-template.service /etc/service/consul-template/run
RUN chmod +x /etc/service/nginx/run && chmod +x /etc/service/consul-template/run
CMD ["/usr/bin/runsvdir", "/etc/service"]
