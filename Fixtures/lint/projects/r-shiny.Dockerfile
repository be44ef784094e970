FROM rocker/shiny:4.3.2
RUN apt-get update && apt-get install -y --no-install-recommends libssl-dev libxml2-dev | tee /tmp/apt.log
RUN R -e "install.packages(c('shinydashboard', 'dplyr'), repos='https://cloud.r-project.org/')"
COPY app /srv/shiny-server/app
EXPOSE 3838
CMD ["/usr/bin/shiny-server"]
