import Registry

/// What to tell somebody on whose machine there is no engine.
struct InstallAdvice: Sendable {
    /// `ID` and `ID_LIKE` of /etc/os-release, the distribution's own first.
    var distributions: [String]

    /// The advice for this machine.
    static func ofThisMachine() -> InstallAdvice {
        let content = try? BoundedFile.read("/etc/os-release", limit: 64 << 10)
        return InstallAdvice(osRelease: String(decoding: content ?? [], as: UTF8.self))
    }

    /// Understands the text of an os-release file.
    init(osRelease: String) {
        var values: [Substring: String] = [:]
        for line in osRelease.split(separator: "\n") {
            guard let equals = line.firstIndex(of: "=") else { continue }
            values[line[..<equals]] = line[line.index(after: equals)...].filter { $0 != "\"" && $0 != "'" }
        }
        distributions = [values["ID"] ?? ""] + (values["ID_LIKE"] ?? "").split(separator: " ").map(String.init)
    }

    /// The command that installs an engine.
    var command: String {
        for distribution in distributions {
            if let command = Self.commands[distribution] { return command }
        }
        return "install docker or buildkit with your system's package manager"
    }

    private static let commands = [
        "debian": "apt-get install docker.io",
        "ubuntu": "apt-get install docker.io",
        "fedora": "dnf install moby-engine",
        "rhel": "dnf install docker-ce (from https://docs.docker.com/engine/install/)",
        "arch": "pacman -S docker",
        "alpine": "apk add docker",
        "opensuse": "zypper install docker",
        "suse": "zypper install docker",
        "gentoo": "emerge app-containers/docker",
        "void": "xbps-install docker",
    ]

    /// Root has no engine to start.
    func nothingInstalled() -> EngineError {
        EngineError(
            .notInstalled,
            "no engine runs and none is installed (neither buildkitd with runc, nor dockerd); \(imperative(command, sudo: false))"
        )
    }

    /// The user may not start the installed engine, or there is none.
    func notRoot(installed: Bool) -> EngineError {
        let group = "join the group “docker” (sudo usermod -aG docker \"$USER\", then log in again)"
        if installed {
            return EngineError(
                .permission,
                "no engine runs, and only root can start a private one; start the system's (sudo systemctl start docker)"
                    + " and \(group), or run as root"
            )
        }
        return EngineError(
            .notInstalled,
            "no engine runs and none is installed; \(imperative(command, sudo: true)) and \(group), or run as root"
        )
    }

    private func imperative(_ command: String, sudo: Bool) -> String {
        command.hasPrefix("install ") ? command : "run “\(sudo ? "sudo " : "")\(command)”"
    }
}
