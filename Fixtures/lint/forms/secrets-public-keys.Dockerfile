FROM debian:12.5
COPY apt.key /tmp/apt.key
RUN apt-key add /tmp/apt.key && rm /tmp/apt.key
COPY certs/ca.pem /usr/local/share/ca-certificates/corp.crt
COPY nginx_signing.key /tmp/nginx_signing.key
RUN gpg --dearmor /tmp/nginx_signing.key && rm -f /tmp/nginx_signing.key
COPY id_rsa.pub /tmp/id_rsa.pub
RUN cat /tmp/id_rsa.pub >> /etc/keys && rm /tmp/id_rsa.pub
USER 1000
