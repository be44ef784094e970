FROM debian:12
RUN wget -nv http://x && wget --no-verbose http://y && wget -O- http://z && wget -qO- a && wget -c --progress=bar b
RUN wget -o log http://x
RUN wget --quiet x; wget -a log y; curl z
