FROM debian:12
ENV A=1 B=$A C=${A}x D=$HOME
ENV E=$A F=$E
ENV PATH="/x:$PATH" LIB=$LIB:/y
