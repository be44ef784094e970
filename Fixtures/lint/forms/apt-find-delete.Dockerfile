FROM debian:11
RUN apt-get update && apt-get install -y --no-install-recommends gnupg=2.2.27-2 && find /var/lib/apt/lists -type f -delete
USER 1000
