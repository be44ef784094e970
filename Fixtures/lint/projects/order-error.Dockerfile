RUN echo before
FROM debian:12
RUN echo after
