ARG OWNER=jupyter
ARG BASE_CONTAINER=quay.io/$OWNER/minimal-notebook:2024-03-14
FROM $BASE_CONTAINER
LABEL maintainer="me <me@example.com>"
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
USER root
RUN apt-get update --yes && apt-get install --yes --no-install-recommends ffmpeg=7:4.4 && apt-get clean && rm -rf /var/lib/apt/lists/*
USER ${NB_UID}
RUN mamba install --yes 'scipy' && fix-permissions "${CONDA_DIR}"
WORKDIR "${HOME}"
