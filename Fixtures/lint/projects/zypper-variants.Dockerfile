FROM registry.suse.com/bci/bci-base:15.5
RUN zypper -n in -y --no-recommends gcc=13 'make>=4' && zypper cc -a
RUN zypper rm foo; zypper patch; zypper se x
RUN zypper --non-interactive install --no-confirm local.rpm tar
