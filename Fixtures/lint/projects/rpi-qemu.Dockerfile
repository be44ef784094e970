FROM multiarch/qemu-user-static:x86_64-aarch64 as qemu
FROM arm64v8/debian:12
COPY --from=qemu /usr/bin/qemu-aarch64-static /usr/bin
RUN apt-get update && apt-get install -y --no-install-recommends raspi-config libraspberrypi-bin
