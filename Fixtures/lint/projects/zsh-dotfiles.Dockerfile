FROM archlinux:latest
SHELL ["/usr/bin/zsh", "-o", "pipefail", "-c"]
RUN pacman -Sy --noconfirm git zsh | tail -1
RUN sh -c "$(curl -fsSL https://raw.githubusercontent.com/ohmyzsh/ohmyzsh/master/tools/install.sh)"
RUN chsh -s $(which zsh)
