FROM php:8.2-apache
RUN apt-get update && apt-get install -y --no-install-recommends libzip-dev=1.7.3-1+b1 \
    && docker-php-ext-install zip \
    && rm -r /var/lib/apt/lists/*
COPY --from=composer:2.7 /usr/bin/composer /usr/bin/composer
WORKDIR /var/www/html
COPY . .
RUN composer install --no-dev
USER www-data
