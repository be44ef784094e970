import CaissonEngineDiscovery
import CaissonSystem

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

    /// No engine of this machine can be started by root; `refusals` says of each why.
    func nothingForRoot(_ refusals: [String]) -> EngineError {
        EngineError(
            .notInstalled,
            "no engine runs and none can be started (\(refusals.joined(separator: "; "))); "
                + imperative(command, sudo: false)
        )
    }

    /// No engine of this machine can be started by an ordinary user; `refusals` says of each why.
    func nothingForUser(_ refusals: [String]) -> EngineError {
        let isInstalled = refusals.contains { $0.hasPrefix("dockerd:") }
        let system = isInstalled ? "start dockerd (sudo systemctl start docker)" : imperative(command, sudo: true)
        return EngineError(
            isInstalled ? .permission : .notInstalled,
            "no engine runs, and you can start none of your own (\(refusals.joined(separator: "; "))); \(system) and join"
                + " the group “docker” (sudo usermod -aG docker \"$USER\", then log in again), or install an engine that"
                + " needs no root: \(imperative(userCommand, sudo: true))"
        )
    }

    /// The command that installs an engine which an ordinary user may start.
    var userCommand: String {
        for distribution in distributions {
            if let command = Self.userCommands[distribution] { return command }
        }
        return "install podman with your system's package manager"
    }

    private static let userCommands = [
        "debian": "apt-get install podman uidmap slirp4netns",
        "ubuntu": "apt-get install podman uidmap slirp4netns",
        "fedora": "dnf install podman",
        "rhel": "dnf install podman",
        "arch": "pacman -S podman slirp4netns",
        "alpine": "apk add podman shadow-uidmap slirp4netns",
        "opensuse": "zypper install podman slirp4netns",
        "suse": "zypper install podman slirp4netns",
        "gentoo": "emerge app-containers/podman",
        "void": "xbps-install podman slirp4netns",
    ]

    private func imperative(_ command: String, sudo: Bool) -> String {
        command.hasPrefix("install ") ? command : "run “\(sudo ? "sudo " : "")\(command)”"
    }
}
