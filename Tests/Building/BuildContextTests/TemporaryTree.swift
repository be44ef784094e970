import CaissonBuildContext
import Glibc

/// A directory of its own for one test, removed by its end whatever is in it.
struct TemporaryTree {
    let path: String

    /// Makes one; the test removes it.
    init() throws {
        var template = Array("/tmp/caisson-context-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw BuildContextError(.system, "mkdtemp: \(errno)") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Removes it and all that is in it.
    func remove() {
        // Depths and names of any kind: the system's own tool.
        var pid: pid_t = 0
        let words = ["/bin/rm", "-rf", "--", path].map { (word: String) in strdup(word) }
        defer { for word in words { free(word) } }
        if posix_spawn(&pid, "/bin/rm", nil, nil, words + [nil], environ) == 0 {
            var status: Int32 = 0
            waitpid(pid, &status, 0)
        }
    }

    func directory(_ name: String, mode: mode_t = 0o755) {
        mkdir("\(path)/\(name)", mode)
        chmod("\(path)/\(name)", mode)
    }

    func directory(_ name: [UInt8]) {
        let full = (Array(path.utf8) + [0x2F] + name + [0]).map { CChar(bitPattern: $0) }
        mkdir(full, 0o755)
    }

    func file(_ name: String, _ text: String = "x", mode: mode_t = 0o644) {
        file(Array(name.utf8), text, mode: mode)
    }

    func file(_ name: [UInt8], _ text: String = "x", mode: mode_t = 0o644) {
        let full = (Array(path.utf8) + [0x2F] + name + [0]).map { CChar(bitPattern: $0) }
        let raw = open(full, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        _ = write(raw, text, text.utf8.count)
        fchmod(raw, mode)
        close(raw)
    }

    func link(_ name: String, to target: String) { symlink(target, "\(path)/\(name)") }

    func hardLink(_ name: String, to existing: String) { Glibc.link("\(path)/\(existing)", "\(path)/\(name)") }

    func text(_ name: String) -> String? {
        let raw = open("\(path)/\(name)", O_RDONLY | O_NOFOLLOW)
        guard raw >= 0 else { return nil }
        defer { close(raw) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(raw, &bytes, bytes.count)
        return count < 0 ? nil : String(decoding: bytes[..<count], as: UTF8.self)
    }

    func status(_ name: String) -> stat? {
        var status = stat()
        return lstat("\(path)/\(name)", &status) == 0 ? status : nil
    }

    /// All names below, as the walk gives them.
    func names(_ filter: WalkFilter = WalkFilter()) throws -> [String] {
        try entries(filter).map { displayed($0.path) }
    }

    func entries(_ filter: WalkFilter = WalkFilter()) throws -> [Entry] {
        let walk = try DirectorySource(path: path).walk(filter)
        var entries: [Entry] = []
        while let entry = try walk.next() { entries.append(entry) }
        return entries
    }
}

extension WalkFilter {
    /// A filter from text.
    static func texts(include: [String] = [], exclude: [String] = [], follow: [String] = []) -> WalkFilter {
        func bytes(_ texts: [String]) -> [[UInt8]] { texts.map { Array($0.utf8) } }
        return WalkFilter(
            includePatterns: bytes(include),
            excludePatterns: bytes(exclude),
            followPaths: bytes(follow)
        )
    }
}
