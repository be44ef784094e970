FROM debian:12
RUN apt-get install -yq=2 a=1 && apt-get -y install --no-install-recommends ./b.deb c/stable -t sid d=2 && apt-get install -o x=y -y e
RUN apt-get --yes --no-install-recommends install "$(cat pkgs)" ; aptitude install -y f
RUN apt-get update && apt-get install --no-install-recommends --assume-yes g=1* && apt-get clean && rm -fr /var/lib/apt/lists/*
RUN apt-get -qqy update ; apt-cache search x; apt-key add k
RUN apt-get purge -y x && apt-get remove y
