FROM julia:1.9
RUN useradd --create-home --shell /bin/bash -u 1234567 genie
RUN mkdir /home/genie/app
COPY . /home/genie/app
WORKDIR /home/genie/app
RUN chown -R genie:genie /home/
USER genie
RUN julia -e 'using Pkg; Pkg.activate("."); Pkg.instantiate();'
CMD ["bin/server"]
