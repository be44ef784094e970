import CaissonText
import CaissonShell

/// What takes away what package managers keep.
enum Cleaning {
    /// Where apt keeps its lists.
    static let aptLists = ["/var/lib/apt/lists"]
    /// Where yum and dnf keep what they download.
    static let rpmCaches = ["/var/cache/dnf", "/var/cache/libdnf5", "/var/cache/yum"]
    /// Where zypper does.
    static let zypperCaches = ["/var/cache/zypp", "/var/cache/zypper"]
    /// Where pip does, for root.
    static let pipCaches = ["/root/.cache/pip"]
    /// Where yarn does.
    static let yarnCaches = ["/usr/local/share/.cache/yarn", "/root/.cache/yarn", "/usr/local/share/.cache/v6"]

    /// Whether a command takes apt's lists away.
    static func ofApt(_ command: Command) -> Bool {
        let isOwn = ["apt", "apt-get"].contains(command.name) && command.has("dist-clean", "distclean")
        return isOwn || removes(command, aptLists)
    }

    /// Whether a command takes away what yum and dnf keep, which are one program in newer distributions.
    static func ofDnf(_ command: Command) -> Bool {
        ["yum", "dnf", "dnf5"].contains(command.name) && command.has("clean") || removes(command, rpmCaches)
    }

    /// Whether a command takes away what microdnf keeps.
    static func ofMicrodnf(_ command: Command) -> Bool {
        command.name == "microdnf" && command.has("clean") || removes(command, rpmCaches)
    }

    /// Whether a command takes away what zypper keeps.
    static func ofZypper(_ command: Command) -> Bool {
        command.name == "zypper" && command.has("clean", "cc") || removes(command, zypperCaches)
    }

    /// Whether a command takes away what pip keeps.
    static func ofPip(_ command: Command) -> Bool {
        command.name.hasPrefix("pip") && command.plainArguments().prefix(2).map(\.text) == ["cache", "purge"]
            || removes(command, pipCaches)
    }

    /// Whether a command takes away what yarn keeps.
    static func ofYarn(_ command: Command) -> Bool {
        command.name == "yarn" && command.has("cache") && command.has("clean") || removes(command, yarnCaches)
    }

    /// Whether a command removes one of these directories, or all that is in it.
    private static func removes(_ command: Command, _ directories: [String]) -> Bool {
        switch command.name {
        case "rm": return command.plainArguments().contains { covers($0.text, directories) }
        case "find":
            guard command.has("-delete") || command.has("rm") else { return false }
            return command.arguments.first.map { covers($0.text, directories) } ?? false
        default: return false
        }
    }

    private static func covers(_ path: String, _ directories: [String]) -> Bool {
        alternatives(path).contains { path in
            var path = Substring(path)
            for (home, full) in [("~/", "/root/"), ("$HOME/", "/root/"), ("${HOME}/", "/root/")]
            where path.hasPrefix(home) {
                path = full + path.dropFirst(home.count)
            }
            while path.count > 1, path.hasSuffix("/") { path = path.dropLast() }
            if path.hasSuffix("/*") {
                let around = String(path.dropLast(2))
                return directories.contains { $0 == around || $0.hasPrefix(around + "/") }
            }
            if path.hasSuffix("*") {
                let start = path.dropLast()
                return directories.contains { $0.hasPrefix(start) }
            }
            return directories.contains { $0 == path || $0.hasPrefix(path + "/") }
        }
    }

    /// The paths that `a/{b,c}` stands for; other brackets stay as they are.
    private static func alternatives(_ path: String) -> [String] {
        guard let open = path.firstIndex(of: "{"), let close = path[open...].firstIndex(of: "}"),
            open == path.startIndex || path[path.index(before: open)] != "$"
        else { return [path] }
        let inner = path[path.index(after: open)..<close].split(separator: ",", omittingEmptySubsequences: false)
        return inner.prefix(32).map { "\(path[..<open])\($0)\(path[path.index(after: close)...])" }
    }
}
