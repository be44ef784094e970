FROM ruby:3.2-alpine
COPY pkg/tool-1.0.0.gem /tmp/
RUN gem install --no-document --bindir /usr/bin /tmp/tool-1.0.0.gem
RUN gem install -n /usr/bin foreman
USER 1000
