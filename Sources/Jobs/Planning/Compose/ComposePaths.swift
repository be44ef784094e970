import CaissonText

/// Paths in compose files: relative ones begin at the folder of the file that has them.
struct ComposePaths {
    /// The folder, itself relative to the working directory; empty for that directory.
    var folder: String
    /// What `~` stands for; nil where nobody knows.
    var home: String?

    /// A path that is relative to the folder, as a path relative to the working directory.
    func resolved(_ path: String) -> String {
        var path = path
        if path.hasPrefix("~"), let home { path = Self.joined(home, String(path.dropFirst())) }
        guard !path.isEmpty, !path.hasPrefix("/"), !Self.isWindows(path) else { return path }
        return Self.joined(folder, path)
    }

    /// The same for a build's context, which may be a place elsewhere.
    func resolvedContext(_ context: String) -> String {
        let isElsewhere = context.contains("://") || Self.elsewhere.contains { context.hasPrefix($0) }
        return isElsewhere ? context : resolved(context)
    }

    /// Whether a path of `include` or `extends` names a place that isn't on this machine.
    static func isRemote(_ path: String) -> Bool {
        path.contains("://") || ["github.com/", "git@", "oci:"].contains { path.hasPrefix($0) }
    }

    private static let elsewhere = ["service:", "target:", "github.com/", "git@"]

    private static func isWindows(_ path: String) -> Bool {
        let bytes = Array(path.utf8.prefix(3))
        return bytes.count == 3 && (bytes[0] & 0xDF).isUppercase && bytes[1] == 0x3A
            && (bytes[2] == 0x5C || bytes[2] == 0x2F) || path.hasPrefix("\\\\")
    }

    /// Two paths as one, without `.`, `..` and empty parts as far as can be told without looking at the disk.
    static func joined(_ folder: String, _ path: String) -> String {
        if folder.isEmpty { return path.isEmpty ? "" : clean(path) }
        return clean(path.isEmpty ? folder : "\(folder)/\(path)")
    }

    /// The path without `.`, `..` and empty parts; `.` where nothing is left.
    static func clean(_ path: String) -> String {
        let isAbsolute = path.hasPrefix("/")
        var parts: [String] = []
        for part in path.pieces(at: "/") where !part.isEmpty && part != "." {
            if part != ".." {
                parts.append(part)
            } else if let last = parts.last, last != ".." {
                parts.removeLast()
            } else if !isAbsolute {
                parts.append(part)
            }
        }
        let text = parts.joined(separator: "/")
        return isAbsolute ? "/" + text : text.isEmpty ? "." : text
    }

    /// The folder of a file; empty for a bare name.
    static func folder(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "" }
        let folder = String(path[..<slash])
        return folder.isEmpty ? "/" : clean(folder)
    }
}
