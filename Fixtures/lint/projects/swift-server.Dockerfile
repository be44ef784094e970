FROM swift:5.10-jammy AS build
WORKDIR /build
COPY . .
RUN swift build -c release --static-swift-stdlib && cp "$(swift build -c release --show-bin-path)/App" /App
FROM ubuntu:22.04
COPY --from=build /App /App
USER 1000
