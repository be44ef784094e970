FROM opensuse/tumbleweed:latest
RUN zypper --non-interactive install --no-recommends texlive-latex && zypper clean --all
WORKDIR /doc
USER 1000
