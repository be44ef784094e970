FROM continuumio/miniconda3:24.1.2-0
COPY environment.yml /tmp/
RUN conda env update -n base -f /tmp/environment.yml && conda clean -afy
RUN /opt/conda/bin/pip install --no-cache-dir mlflow==2.11.1
USER 1000
