FROM archlinux:base-20240101.0.204074
RUN pacman -Syu --noconfirm git make && pacman -Scc --noconfirm
USER 1000
