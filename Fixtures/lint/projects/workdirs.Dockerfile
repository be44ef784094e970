FROM debian:12
WORKDIR /a
WORKDIR b
WORKDIR "/quoted dir"
WORKDIR "relative"
WORKDIR ${HOME}
WORKDIR c:\windows
COPY x y
