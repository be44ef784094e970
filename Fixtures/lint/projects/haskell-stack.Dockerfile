FROM fpco/stack-build:lts-21.22 as dependencies
RUN mkdir /opt/build
WORKDIR /opt/build
RUN apt-get update \
  && apt-get download libgmp10
RUN mv libgmp*.deb libgmp.deb
COPY stack.yaml package.yaml stack.yaml.lock /opt/build/
RUN stack build --system-ghc --dependencies-only
FROM ubuntu:20.04 as app
COPY --from=dependencies /opt/build/libgmp.deb /tmp
RUN dpkg -i /tmp/libgmp.deb && rm /tmp/libgmp.deb
COPY --from=builder /opt/build/.stack-work/install/bin .
CMD ["/opt/app/server", "8080"]
