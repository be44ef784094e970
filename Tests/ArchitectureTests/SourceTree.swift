import Foundation

/// One Swift file of ours, as text.
struct SourceFile: Sendable {
    /// The path below `Sources`.
    var path: String
    /// The storey, the first folder of the path.
    var storey: String
    /// The module the file belongs to, by its short name.
    var module: String
    var lines: [String]

    /// The lines that are code: comments are left out, so that prose may name what code may not.
    var codeLines: [(number: Int, text: String)] {
        var isInComment = false
        return lines.enumerated().compactMap { index, line in
            let trimmed = line.trimmingCharacters(in: .whitespaces)
            if isInComment || trimmed.hasPrefix("/*") {
                isInComment = !trimmed.contains("*/")
                return nil
            }
            return trimmed.hasPrefix("//") ? nil : (index + 1, trimmed)
        }
    }

    /// The modules this file imports, whatever the access level or the attributes of the import.
    ///
    /// The `#else` of `#if canImport(FoundationEssentials)` is left out: it is for other systems.
    var imports: [(number: Int, module: String)] {
        var isForOthers = false
        var hasEssentials = false
        return codeLines.compactMap { number, text in
            if text.hasPrefix("#") {
                isForOthers = hasEssentials && text.hasPrefix("#else")
                hasEssentials = text.hasPrefix("#if canImport(FoundationEssentials)")
            }
            guard !isForOthers, text.contains("import ") else { return nil }
            // `@preconcurrency package import struct Foundation.URL` → `Foundation`
            guard let match = text.firstMatch(of: Self.importPattern) else { return nil }
            return (number, String(match.output.1))
        }
    }

    private static var importPattern: Regex<(Substring, Substring)> {
        #/^(?:(?:@[A-Za-z_]+(?:\([^)]*\))?|public|package|internal|fileprivate|private)\s+)*import\s+(?:(?:struct|class|enum|protocol|typealias|func|let|var)\s+)?([A-Za-z_][A-Za-z0-9_]*)/#
    }
}

/// All the Swift files under `Sources`.
enum SourceTree {
    static let repository = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The folder whose name is not its module's: on some systems it would be that of the library.
    private static let moduleOfFolder = ["caisson-command": "caisson"]

    /// All files, read once.
    static func files() throws -> [SourceFile] { try contents.get() }

    private static let contents = Result { try read() }

    private static func read() throws -> [SourceFile] {
        let sources = repository.appending(path: "Sources").path
        let found = FileManager.default.enumerator(atPath: sources)?.compactMap { $0 as? String } ?? []
        return try found.filter { $0.hasSuffix(".swift") }.sorted().map { path in
            let text = try String(contentsOfFile: sources + "/" + path, encoding: .utf8)
            let parts = path.split(separator: "/").map(String.init)
            let folder = parts.count > 2 ? parts[1] : ""
            return SourceFile(
                path: path,
                storey: parts[0],
                module: moduleOfFolder[folder] ?? folder,
                lines: text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            )
        }
    }
}
