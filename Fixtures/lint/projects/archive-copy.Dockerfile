FROM debian:12
COPY a.tar.gz b.zip c.tar.xz /tmp/
COPY d.tgz /opt/e.tgz
COPY --from=x f.tar.gz /tmp/
RUN tar --extract -f /tmp/a.tar.gz && unzip /tmp/b.zip && tar -czf c.tar.xz x
RUN tar xzf /opt/e.tgz
RUN tar -xzf f.tar.gz
