FROM debian:11-slim
RUN apt-get update && apt-get -y install cron postgresql-client-13 && rm -r /var/lib/apt/lists/*
COPY backup-cron /etc/cron.d/backup-cron
RUN chmod 0644 /etc/cron.d/backup-cron && crontab /etc/cron.d/backup-cron && touch /var/log/cron.log
CMD cron && tail -f /var/log/cron.log
