FROM debian:11
RUN cd /opt && make && service ssh start
RUN (cd /srv; ls)
RUN systemctl enable x; mount -a
USER 1000
