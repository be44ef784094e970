FROM mcr.microsoft.com/windows:20H2
SHELL ["cmd", "/S", "/C"]
RUN powershell -Command "iwr https://chocolatey.org/install.ps1 | iex"
RUN choco install -y git
RUN choco install -y 7zip
WORKDIR C:\build
CMD cmd
