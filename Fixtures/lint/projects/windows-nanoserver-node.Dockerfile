# escape=`
ARG WINDOWS_VERSION=1809
FROM mcr.microsoft.com/windows/servercore:$WINDOWS_VERSION AS download
# hadolint shell=powershell
SHELL ["powershell", "-NoProfile", "-Command"]
ENV NODE_VERSION=18.19.0
RUN Invoke-WebRequest -OutFile node.zip "https://nodejs.org/dist/v$($env:NODE_VERSION)/node.zip" -UseBasicParsing ; `
    Expand-Archive node.zip -DestinationPath C:\ ; `
    Rename-Item -Path "C:\node" -NewName 'C:\nodejs'
FROM mcr.microsoft.com/windows/nanoserver:$WINDOWS_VERSION
COPY --from=download C:\nodejs C:\nodejs
USER ContainerAdministrator
RUN setx /M PATH "%PATH%;C:\nodejs"
USER ContainerUser
CMD [ "node.exe" ]
