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

    /// All files of test targets; their module is the folder whose name ends with `Tests`.
    static func testFiles() throws -> [SourceFile] {
        try read("Tests") { $0.first { $0.hasSuffix("Tests") } }
    }

    private static let contents = Result {
        try read("Sources") { parts in
            let folder = parts.count > 2 ? parts[1] : ""
            return moduleOfFolder[folder] ?? folder
        }
    }

    /// - Parameter module: The module of a path's parts; nil for a file that isn't wanted.
    private static func read(_ folder: String, module: ([String]) -> String?) throws -> [SourceFile] {
        let root = repository.appending(path: folder).path
        let found = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
        return try found.filter { $0.hasSuffix(".swift") }.sorted().compactMap { path in
            let parts = path.split(separator: "/").map(String.init)
            guard let module = module(parts) else { return nil }
            let text = try String(contentsOfFile: root + "/" + path, encoding: .utf8)
            return SourceFile(
                path: path,
                storey: parts[0],
                module: module,
                lines: text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            )
        }
    }
}
