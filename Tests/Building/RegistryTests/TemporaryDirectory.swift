import Glibc

/// Calls `body` with a directory of its own, and removes that with all in it afterwards.
func withTemporaryDirectory<R>(_ body: (String) async throws -> R) async throws -> R {
    var template = Array("/tmp/caisson-registry-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { throw POSIXFailure(code: errno) }
    let path = String(cString: made)
    defer { removeTree(path) }
    return try await body(path)
}

/// An errno as an error.
struct POSIXFailure: Error { let code: Int32 }

/// Writes a file, and the directories above it.
func write(_ text: String, to path: String, mode: mode_t = 0o600) throws {
    var parent = ""
    for part in path.split(separator: "/").dropLast() {
        parent += "/" + part
        mkdir(parent, 0o755)
    }
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw POSIXFailure(code: errno) }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else { throw POSIXFailure(code: errno) }
    fchmod(descriptor, mode)
}

private func removeTree(_ path: String) {
    if unlink(path) == 0 { return }
    guard let directory = opendir(path) else { return }
    while let entry = readdir(directory) {
        let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        if name != ".", name != ".." { removeTree(path + "/" + name) }
    }
    closedir(directory)
    rmdir(path)
}
