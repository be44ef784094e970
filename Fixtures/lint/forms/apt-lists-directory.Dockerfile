FROM ubuntu:22.04
RUN apt-get update && apt-get install -y --no-install-recommends curl=7.81.0-1 && apt-get clean && rm -rf /var/lib/apt/lists
RUN apt-get update && apt-get install -y --no-install-recommends jq=1.6-2 && rm -rf /var/lib/{apt,dpkg,cache,log}/
USER 1000
