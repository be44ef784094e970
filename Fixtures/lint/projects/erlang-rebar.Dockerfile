FROM erlang:26-alpine as build
RUN mkdir /buildroot
WORKDIR /buildroot
COPY . hello_erlang
WORKDIR hello_erlang
RUN rebar3 as prod release
FROM alpine
RUN apk add --no-cache ncurses-libs libstdc++
COPY --from=build /buildroot/hello_erlang/_build/prod/rel/hello_erlang /hello_erlang
EXPOSE 8080 8443
CMD ["/hello_erlang/bin/hello_erlang", "foreground"]
