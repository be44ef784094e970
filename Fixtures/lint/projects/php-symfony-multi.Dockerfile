FROM dunglas/frankenphp:1-php8.3 AS frankenphp_upstream
FROM frankenphp_upstream AS frankenphp_base
WORKDIR /app
RUN set -eux; install-php-extensions @composer apcu intl
FROM frankenphp_base AS frankenphp_dev
ENV APP_ENV=dev
FROM frankenphp_base AS frankenphp_prod
ENV APP_ENV=prod
COPY . ./
RUN composer dump-env prod
