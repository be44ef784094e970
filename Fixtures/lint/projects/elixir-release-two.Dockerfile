ARG ELIXIR=1.16.1
ARG OTP=26.2.2
FROM hexpm/elixir:${ELIXIR}-erlang-${OTP}-debian-bookworm-20240130-slim AS builder
ENV MIX_ENV=prod
WORKDIR /app
COPY mix.exs mix.lock ./
RUN mix local.hex --force && mix deps.get --only $MIX_ENV
COPY . .
RUN mix release
FROM debian:bookworm-20240130-slim
COPY --from=builder --chown=nobody:root /app/_build/prod/rel/app ./
USER nobody
