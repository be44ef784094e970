FROM php:7.4-fpm-buster
ARG MAGENTO_REPO_USERNAME
ARG MAGENTO_REPO_PASSWORD
RUN apt-get update && apt-get install -y --no-install-recommends gnupg2 cron rsync sendmail && \
  curl -sL https://deb.nodesource.com/setup_12.x | bash - && apt-get install -y nodejs && \
  npm install -g grunt-cli && \
  rm -rf /var/lib/apt/lists/*
RUN printf '{"http-basic":{"repo.magento.com":{"username":"%s","password":"%s"}}}' "$MAGENTO_REPO_USERNAME" "$MAGENTO_REPO_PASSWORD" > /root/.composer/auth.json && composer create-project && rm /root/.composer/auth.json
