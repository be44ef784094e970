import Glibc

/// A directory of its own for one test, removed with it.
final class TemporaryTree: Sendable {
    let path: String

    init() {
        var template = Array("/tmp/caisson-buildkit-XXXXXX".utf8CString)
        mkdtemp(&template)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { TemporaryTree.remove(path) }

    private static func remove(_ path: String) {
        guard rmdir(path) != 0, unlink(path) != 0 else { return }
        for name in names(path) { remove("\(path)/\(name)") }
        rmdir(path)
    }

    /// All names in the root, the hidden ones too.
    var names: [String] { TemporaryTree.names(path) }

    private static func names(_ path: String) -> [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    @discardableResult
    func file(_ name: String, _ content: String = "", mode: mode_t = 0o644) -> String {
        file(name, Array(content.utf8), mode: mode)
    }

    @discardableResult
    func file(_ name: String, _ content: [UInt8], mode: mode_t = 0o644) -> String {
        let full = "\(path)/\(name)"
        let descriptor = open(full, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        var rest = content[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { break }
            rest = rest.dropFirst(count)
        }
        fchmod(descriptor, mode)
        close(descriptor)
        return full
    }

    func directory(_ name: String) { mkdir("\(path)/\(name)", 0o755) }

    func link(_ name: String, to target: String) { symlink(target, "\(path)/\(name)") }

    func bytes(_ name: String) -> [UInt8]? { TemporaryTree.read("\(path)/\(name)") }

    func text(_ name: String) -> String? { bytes(name).map { String(decoding: $0, as: UTF8.self) } }

    static func read(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var all: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while case let count = Glibc.read(descriptor, &chunk, chunk.count), count > 0 { all += chunk[..<count] }
        return all
    }
}
