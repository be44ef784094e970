FROM ruby:3.3.0-slim-bookworm
ENV BUNDLE_PATH=/bundle LANG=C.UTF-8
WORKDIR /app
COPY Gemfile Gemfile.lock ./
RUN gem install --no-document -i /gems bundler:2.5.6 && bundle install --jobs 4
RUN gem install --source https://gems.example.com rake
COPY . .
USER 1000
CMD ["bundle", "exec", "puma"]
