FROM scratch
ADD rootfs.tar.xz /
ENV LANG=C.UTF-8
CMD ["/bin/bash"]
