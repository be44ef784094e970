FROM crops/poky:ubuntu-20.04
USER root
RUN apt-get update && apt-get install -qq -y --force-yes repo gawk wget diffstat
RUN usermod -a -G sudo usersetup ; service ssh start || true
USER usersetup
