FROM opensuse/tumbleweed
RUN zypper ref && zypper dup -y
RUN zypper install -y gcc-c++ make cmake && zypper clean -a
RUN zypper --non-interactive in git
WORKDIR /src
