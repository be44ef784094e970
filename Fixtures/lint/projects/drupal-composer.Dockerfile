FROM drupal:10-php8.2-apache-bookworm
WORKDIR /opt/drupal
COPY composer.json composer.lock ./
RUN composer install --no-dev
COPY web/modules/custom web/modules/custom
COPY web/sites/default web/sites/default
