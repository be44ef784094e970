FROM ruby:3.2
RUN gem install rails -v 7.1.2 && gem i puma && gem install --version=1.2 foo && gem install nokogiri -- --use-system-libraries
RUN gem update --system && gem install rake:13.0 bundler
