FROM scratch
RUN "unclosed
COPY
