FROM debian:12
RUN (cd /x && make) && cd - && pushd /y
RUN bash -c "cd /tmp && ls"
RUN if cd /x; then ls; fi
ONBUILD RUN cd /z
