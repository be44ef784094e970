import Foundation
import Glibc
import Testing

/// A state directory whose private engine is stopped in the end, for root or for an ordinary user.
///
/// The user is one that this machine doesn't have: each command runs in a mount namespace of its own, where files of ours
/// lie over /etc/passwd, /etc/group, /etc/subuid and /etc/subgid. On the machine itself nothing changes.
struct PrivateHome: Sendable {
    /// Which engine, and whose.
    enum Form: Sendable {
        case podman, userPodman, userDockerd

        var kind: String { self == .userDockerd ? "dockerd" : "podman" }
        var isUser: Bool { self != .podman }
    }

    let form: Form
    let directory: URL
    var environment: [String: String]
    /// Whether the user has ids for containers.
    var hasRanges = true

    /// Programs of the test's own, before all others.
    var programs: String { directory.path + "/bin" }

    private static let user: uid_t = 64_242

    /// Makes the home, lends it and clears it away; no process of its engine is left.
    static func with(_ form: Form, idle: String = "never", _ body: (PrivateHome) async throws -> Void) async throws {
        // Not in the scratch space, which may be closed to others.
        var template = Array("/dev/shm/caisson-home-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw TestSupportError("no directory in /dev/shm") }
        let home = PrivateHome(form, URL(filePath: String(cString: made)), idle: idle)
        defer { try? FileManager.default.removeItem(at: home.directory) }
        try home.fill()
        do {
            try await body(home)
        } catch {
            _ = try? await home.run(["builder", "stop", "--force"])
            throw error
        }
        _ = try await home.run(["builder", "stop"])
        #expect(home.remains().isEmpty, "\(home.remains())")
    }

    private init(_ form: Form, _ directory: URL, idle: String) {
        self.form = form
        self.directory = directory
        let engines = TestPaths.cache + "/engines"
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let own = directory.path + "/bin:" + (form == .userDockerd ? "\(engines)/26/bin:" : "")
        environment = [
            "HOME": directory.path + "/home", "CAISSON_HOME": directory.path + "/state", "CAISSON_ENGINE_IDLE": idle,
            "CAISSON_ENGINE": form.kind, "CONTAINERS_CONF": directory.path + "/containers.conf",
            "PATH": own + "\(engines)/podman/bin:\(engines)/runc/root/usr/sbin:/usr/sbin:/sbin:" + path,
        ]
    }

    private func fill() throws {
        let manager = FileManager.default
        for name in ["bin", "home/.config/containers", "state"] {
            try manager.createDirectory(atPath: directory.path + "/" + name, withIntermediateDirectories: true)
        }
        let policy = #"{"default": [{"type": "insecureAcceptAnything"}]}"#
        try policy.write(
            toFile: directory.path + "/home/.config/containers/policy.json",
            atomically: true,
            encoding: .utf8
        )
        try configuration.write(toFile: directory.path + "/containers.conf", atomically: true, encoding: .utf8)
        // In one folder, as its package has them.
        for (name, place) in [("rootlesskit", "bin"), ("rootlesskit-docker-proxy", "root/usr/bin")] {
            let program = "\(TestPaths.cache)/engines/podman/\(place)/\(name)"
            try manager.createSymbolicLink(atPath: programs + "/" + name, withDestinationPath: program)
        }
        try write("ARG WHO\nRUN echo \"built for $WHO\"\n")
        guard form.isUser else { return }
        for (file, line) in [
            ("passwd", "caissontest:x:\(Self.user):\(Self.user)::/:/bin/sh\n"),
            ("group", "caissontest:x:\(Self.user):\n"),
        ] {
            let text = try String(contentsOfFile: "/etc/" + file, encoding: .utf8)
            try (text + line).write(toFile: directory.path + "/" + file, atomically: true, encoding: .utf8)
        }
        try "caissontest:3000000:65536\n".write(toFile: directory.path + "/ranges", atomically: true, encoding: .utf8)
        try "".write(toFile: directory.path + "/no-ranges", atomically: true, encoding: .utf8)
        chmod(directory.path, 0o755)
        for name in ["home", "home/.config", "home/.config/containers", "state"] {
            chown(directory.path + "/" + name, Self.user, Self.user)
        }
    }

    /// Podman's programs lie where no package would put them.
    private var configuration: String {
        let podman = TestPaths.cache + "/engines/podman"
        return """
            [containers]
            seccomp_profile = "\(podman)/root/usr/share/containers/seccomp.json"
            [engine]
            conmon_path = ["\(podman)/bin/conmon"]
            helper_binaries_dir = ["\(podman)/bin"]
            network_cmd_path = "\(podman)/bin/slirp4netns"
            [network]
            network_backend = "netavark"

            """
    }

    /// Replaces the Dockerfile's last lines.
    func write(_ lines: String) throws {
        try TestContext.write(TestContext.busyboxBase + lines, to: directory.appending(path: "context"))
    }

    /// Puts a program before all others, for a user's `caisson` also before those of the system.
    func addProgram(_ name: String, _ text: String) throws {
        try text.write(toFile: programs + "/" + name, atomically: true, encoding: .utf8)
        chmod(programs + "/" + name, 0o755)
    }

    /// `caisson` with arguments, as the user.
    func command(_ arguments: [String]) -> Command {
        var command = Command.caisson(arguments)
        if form.isUser {
            let script = """
                cd "$0" && mount --bind passwd /etc/passwd && mount --bind group /etc/group && user=$1 ranges=$2 && shift 2 &&
                mount --bind "$ranges" /etc/subuid && mount --bind "$ranges" /etc/subgid &&
                for name in dockerd podman; do
                    [ -f "bin/$name" ] && [ ! -L "bin/$name" ] || continue
                    for place in /usr/local/sbin /usr/local/bin /usr/sbin /usr/bin; do
                        [ ! -e "$place/$name" ] || mount --bind "bin/$name" "$place/$name" || exit 99
                    done
                done && cd context &&
                exec setpriv --reuid "$user" --regid "$user" --clear-groups -- "$@"
                """
            let words = [directory.path, String(Self.user), hasRanges ? "ranges" : "no-ranges", command.executable]
            command = Command("unshare", ["--mount", "--", "bash", "-c", script] + words + arguments)
        }
        command.environment.merge(environment) { $1 }
        command.directory = directory.path + "/context"
        return command
    }

    /// Runs `caisson` to its end.
    func run(_ arguments: [String]) async throws -> ProcessResult {
        try await IntegrationTests.run(command(arguments))
    }

    /// Builds the context on the private engine.
    func build(_ arguments: [String]) async throws -> ProcessResult {
        let network = form.isUser ? ["--network", "host"] : []
        return try await run(["build", "--builder", "private", "--progress", "plain"] + network + arguments + ["."])
    }

    /// What `builder inspect` says.
    func inspect() async throws -> [String: Any] {
        let result = try await run(["builder", "inspect", "private", "--format", "json"])
        guard result.succeeded else { throw TestSupportError(result.errorOutput) }
        return try #require(try JSONSerialization.jsonObject(with: result.standardOutput) as? [String: Any])
    }

    /// The engine's first processes: podman runs itself once more in its namespace.
    func engines() -> [String] {
        let words = form == .userDockerd ? "rootlesskit --state-dir" : "system service"
        let found = Self.commandLines().filter { $0.value.contains(words) && $0.value.contains(directory.path) }
        return found.filter { id, _ in
            let stat = (try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8)) ?? ""
            let parent = stat.components(separatedBy: ") ").last?.split(separator: " ").dropFirst().first ?? ""
            return found[pid_t(parent) ?? 0] == nil
        }.map(\.value)
    }

    /// All processes that have our directory in their arguments or their environment, but for commands of the test.
    func remains() -> [String] {
        Self.commandLines().filter { id, line in
            if line.contains("caisson build") || line.contains("caisson builder inspect") { return false }
            if line.contains(directory.path) { return true }
            let environment = FileManager.default.contents(atPath: "/proc/\(id)/environ") ?? Data()
            return environment.range(of: Data(("CAISSON_ENGINE_STATE=" + directory.path).utf8)) != nil
        }.map(\.value)
    }

    /// The command line of each process.
    static func commandLines() -> [pid_t: String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        var lines: [pid_t: String] = [:]
        for case let id? in names.map({ pid_t($0) }) {
            let bytes = FileManager.default.contents(atPath: "/proc/\(id)/cmdline") ?? Data()
            lines[id] = bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
        }
        return lines
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips the test, with the reason, where no user can be given ids for containers.
    static var requiresIdMaps: Self {
        let files = ["/usr/bin/newuidmap", "/usr/bin/newgidmap", "/etc/subuid", "/etc/subgid", "/usr/bin/setpriv"]
        let missing = files.filter { access($0, F_OK) != 0 } + (geteuid() == 0 ? [] : ["root"])
        return .enabled(if: missing.isEmpty, "\(missing.joined(separator: ", ")) missing (packages uidmap, util-linux)")
    }
}
