package import CaissonBuildModel
import CaissonText

/// A file of checksums as `sha256sum` writes and checks it.
package struct ChecksumFile: Sendable, Hashable {
    /// The digests, by paths.
    package var digests: [String: ContentDigest] = [:]
    /// A file with more lines is refused.
    private static let mostLines = 1_000_000

    /// The checksums of files; links have none.
    package init(_ files: CollectedFiles) {
        for file in files.files { digests[file.path] = file.digest }
    }

    /// The file, sorted by paths.
    ///
    /// A path with a backslash or a line's end has a backslash before the line, and these escaped in it, as coreutils have it.
    package var text: String {
        digests.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { path, digest in
            let escaped = path.replacing("\\", with: "\\\\").replacing("\n", with: "\\n").replacing("\r", with: "\\r")
            return (escaped == path ? "" : "\\") + "\(digest.hex)  \(escaped)\n"
        }.joined()
    }

    /// Reads a file.
    ///
    /// - Throws: `ParseError` with the line that is none of `sha256sum`.
    package init(parsing bytes: [UInt8]) throws(ParseError) {
        for (number, line) in bytes.split(separator: 0x0A).enumerated() {
            guard number < Self.mostLines else {
                throw ParseError("file of checksums", "", "it has more than \(Self.mostLines) lines")
            }
            guard let text = String(validating: line, as: UTF8.self), let (path, digest) = Self.entry(text) else {
                throw ParseError("line", "\(number + 1)", "it is none of sha256sum", expected: "DIGEST  PATH")
            }
            digests[path] = digest
        }
    }

    private static func entry(_ line: String) -> (String, ContentDigest)? {
        let isEscaped = line.hasPrefix("\\")
        let rest = line.dropFirst(isEscaped ? 1 : 0)
        let hex = rest.prefix(64)
        // Behind the digest come a blank and how the file was read: a blank for text, a star for bytes.
        let mode = rest.dropFirst(64).prefix(2)
        guard mode == "  " || mode == " *", let digest = try? ContentDigest(parsing: "sha256:\(hex)") else {
            return nil
        }
        let name = String(rest.dropFirst(66))
        guard let path = isEscaped ? unescaped(name) : name, !path.isEmpty else { return nil }
        return (path, digest)
    }

    private static func unescaped(_ name: String) -> String? {
        var path = ""
        var scalars = name.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            guard scalar == "\\" else {
                path.unicodeScalars.append(scalar)
                continue
            }
            switch scalars.next() {
            case "\\": path += "\\"
            case "n": path += "\n"
            case "r": path += "\r"
            default: return nil
            }
        }
        return path
    }
}
