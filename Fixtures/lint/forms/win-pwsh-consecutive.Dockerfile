FROM mcr.microsoft.com/powershell:lts-nanoserver-1809
SHELL ["pwsh", "-Command"]
RUN Install-Module Pester -Force; Install-Module Az -Force; Get-Module
RUN New-Item -ItemType Directory C:\data; Set-Location C:\data
RUN Write-Host one
RUN Write-Host two
USER ContainerUser
