FROM nginx:1.23
# hadolint ignore=DL3008,DL3015
RUN apt-get update && apt-get install -y openssl && rm -rf /var/lib/apt/lists/*
# hadolint ignore=DL3059 # one layer each
RUN openssl req -x509 -nodes -newkey rsa:2048 -keyout /etc/ssl/k.pem -out /etc/ssl/c.pem -subj /CN=x
CMD nginx -g "daemon off;"
