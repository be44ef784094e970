FROM debian:12.5-slim
RUN apt-get update && \
    # why not
    apt-get install -y --no-install-recommends \
      supervisor=4.2.5-1 \
      # a comment in between
      cron=3.0pl1-162 && \
    rm -rf /var/lib/apt/lists/*
COPY supervisord.conf /etc/supervisor/conf.d/
CMD supervisord -n
