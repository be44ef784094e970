import CaissonSystem
import Glibc
import Testing

/// Runs a test with a directory of its own, which is gone afterwards.
func withTemporaryDirectory<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    var template = Array("/tmp/caisson-preparation-XXXXXX".utf8CString)
    try #require(mkdtemp(&template) != nil)
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { remove(tree: path) }
    return try await body(path)
}

/// Writes a file.
func write(_ text: String, to path: String) throws {
    let file = try #require(fopen(path, "w"))
    defer { fclose(file) }
    fputs(text, file)
}

private func remove(tree path: String) {
    if PathFacts.linkTarget(of: path) == nil, PathFacts.kind(of: path) == .directory {
        for name in DirectoryNames.sorted(in: path, limit: 10_000) { remove(tree: "\(path)/\(name)") }
    }
    Glibc.remove(path)
}
