FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox", "--install", "-s", "/bin"]
ARG COUNT
ENV KEPT=base
RUN --mount=type=cache,id=batch-count,target=/count echo base >>/count/$COUNT
