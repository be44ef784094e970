package import CaissonBuildModel
import CaissonText

/// A file of checksums as `sha256sum` writes and checks it.
///
/// Names are bytes here, as they are for the file system: two names that only Unicode takes for one are two files.
package struct ChecksumFile: Sendable, Hashable {
    /// The digests, by the bytes of paths.
    package var digests: [[UInt8]: ContentDigest] = [:]
    /// A larger file is refused.
    package static let mostBytes = 64 << 20
    /// A file with more lines is refused.
    private static let mostLines = 1_000_000
    /// A longer line is none; no path of Linux has more than 4 KiB.
    private static let longestLine = 16 << 10
    private static let digestLength = 64

    /// The checksums of files; links have none.
    package init(_ files: CollectedFiles) {
        for file in files.files { digests[file.path.pathBytes] = file.digest }
    }

    /// The file, sorted by paths.
    ///
    /// A path with a backslash or a line's end has a backslash before the line, and these escaped in it, as coreutils
    /// have it.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        for (path, digest) in digests.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            let escaped = Self.escaped(path)
            if escaped.count != path.count { bytes.append(Self.backslash) }
            bytes += Array("\(digest.hex)  ".utf8) + escaped + [0x0A]
        }
        return bytes
    }

    private static let backslash = UInt8(ascii: "\\")
    /// The bytes that are escaped, with the letters that stand for them behind a backslash.
    private static let escapes = [
        backslash: backslash, 0x0A: UInt8(ascii: "n"), 0x0D: UInt8(ascii: "r"),
    ]

    private static func escaped(_ path: [UInt8]) -> [UInt8] {
        path.flatMap { byte in escapes[byte].map { [backslash, $0] } ?? [byte] }
    }
}

extension ChecksumFile {
    /// Reads a file.
    ///
    /// As with coreutils, empty lines and those that begin with `#` mean nothing, and a line may end with a carriage
    /// return.
    ///
    /// - Throws: `ParseError` with the line that is none of `sha256sum`, or gives a file a second digest.
    package init(parsing bytes: [UInt8]) throws(ParseError) {
        guard bytes.count <= Self.mostBytes else {
            throw ParseError("file of checksums", "", "it has more than \(Self.mostBytes) bytes")
        }
        var rest = bytes[...]
        var number = 0
        while !rest.isEmpty {
            let line = rest[..<(rest.firstIndex(of: 0x0A) ?? rest.endIndex)]
            rest = rest[line.endIndex...].dropFirst()
            number += 1
            guard number <= Self.mostLines else {
                throw ParseError("file of checksums", "", "it has more than \(Self.mostLines) lines")
            }
            try take(line.last == 0x0D ? line.dropLast() : line, number)
        }
    }

    private mutating func take(_ line: ArraySlice<UInt8>, _ number: Int) throws(ParseError) {
        guard let first = line.first, first != UInt8(ascii: "#") else { return }
        guard line.count <= Self.longestLine, let (path, digest) = Self.entry(line) else {
            throw ParseError("line", "\(number)", "it is none of sha256sum", expected: "DIGEST  PATH")
        }
        guard digests[path] == nil || digests[path] == digest else {
            let name = String(pathBytes: path).quoted
            throw ParseError("line", "\(number)", "an earlier line gives another digest for \(name)")
        }
        digests[path] = digest
    }

    private static func entry(_ line: ArraySlice<UInt8>) -> ([UInt8], ContentDigest)? {
        let rest = line.drop(while: isBlank)
        let isEscaped = rest.first == backslash
        let body = rest.dropFirst(isEscaped ? 1 : 0)
        let hex = body.prefix(digestLength)
        // Behind the digest come a blank and how the file was read: a blank for text, a star for bytes.
        let mode = body.dropFirst(digestLength).prefix(2)
        guard mode.count == 2, isBlank(mode[mode.startIndex]), mode.last == 0x20 || mode.last == UInt8(ascii: "*"),
            let digest = try? ContentDigest(parsing: "sha256:" + String(decoding: hex, as: UTF8.self).lowercased())
        else { return nil }
        let name = body.dropFirst(digestLength + 2)
        guard let path = isEscaped ? unescaped(name) : Array(name), !path.isEmpty, !path.contains(0) else { return nil }
        return (path, digest)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    private static func unescaped(_ name: ArraySlice<UInt8>) -> [UInt8]? {
        var path: [UInt8] = []
        var rest = name
        while let byte = rest.popFirst() {
            guard byte == backslash else {
                path.append(byte)
                continue
            }
            guard let letter = rest.popFirst(), let meant = escapes.first(where: { $0.value == letter }) else {
                return nil
            }
            path.append(meant.key)
        }
        return path
    }
}
