FROM mcr.microsoft.com/windows/servercore:1809
RUN @powershell -NoProfile -ExecutionPolicy unrestricted -Command "(iex ((new-object net.webclient).DownloadString('https://chocolatey.org/install.ps1'))) >$null 2>&1"
RUN choco install git.install -y
RUN setx PATH "%PATH%;C:\tools" && choco install 7zip -y
