# escape=`
FROM mcr.microsoft.com/windows/servercore/iis:windowsservercore-ltsc2019
SHELL ["powershell", "-Command", "$ErrorActionPreference = 'Stop'; $ProgressPreference = 'SilentlyContinue';"]
RUN Remove-Item -Recurse C:\inetpub\wwwroot\*; `
    Install-WindowsFeature Web-Asp-Net45
WORKDIR C:\inetpub\wwwroot
COPY . .
EXPOSE 80
