import Foundation
import Testing

/// One folder of `Fixtures/context`: a tree, its ignore file, and the entries that an image gets of it, written by hand.
struct ContextCase: Sendable, CustomTestStringConvertible {
    /// One file of the tree.
    struct File: Sendable {
        /// `f`ile, `d`irectory, symbolic `l`ink, `h`ard link, `s`ocket or FIFO (`p`).
        var kind: Character
        var mode: mode_t
        var path: [UInt8]
        /// A file's content, or where a link points.
        var payload: [UInt8]
    }

    /// One line of the list: a path, and the path of which it must be another name.
    struct Expectation: Sendable {
        var path: [UInt8]
        var linkTarget: [UInt8]?
    }

    let name: String
    /// The Dockerfile's path, from the context's root.
    var dockerfile = "Dockerfile"
    var files: [File] = []
    var expected: [Expectation] = []
    /// Text that each tool's error has, where the context can't be read.
    var errors: [String] = []
    /// Text that each tool's error has, where the context is read, but the engine refuses it.
    var buildErrors: [String] = []
    /// Text of Docker's error, where it fails and we don't.
    var errorsByDocker: [String] = []
    /// The case depends on what its user may not read.
    var needsUnprivilegedUser = false
    /// The files that Docker sends without their content.
    var emptiedByDocker: [[UInt8]] = []
    /// What is in Docker's image alone.
    var addedByDocker: [File] = []

    var testDescription: String { name }

    /// Every folder of `Fixtures/context`.
    static let all: [ContextCase] = {
        let folder = TestPaths.repository + "/Fixtures/context"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.sorted().compactMap { name in
            guard let data = FileManager.default.contents(atPath: "\(folder)/\(name)/case.txt") else { return nil }
            do {
                return try ContextCase(name: name, parsing: Array(data))
            } catch {
                preconditionFailure("Fixtures/context/\(name)/case.txt: \(error)")
            }
        }
    }()

    /// Reads a description; `Fixtures/context/README.md` tells what is in one.
    init(name: String, parsing text: [UInt8]) throws {
        self.name = name
        var header: [[UInt8]] = []
        var lines: [[UInt8]] = []
        for line in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast() {
            if line.starts(with: Array("== ".utf8)) {
                try take(header, lines)
                header = line.dropFirst(3).split(separator: UInt8(ascii: " "), maxSplits: 1).map { Array($0) }
                lines = []
            } else {
                lines.append(Array(line))
            }
        }
        try take(header, lines)
        if !files.contains(where: { $0.path.elementsEqual(dockerfile.utf8) }) {
            addFile(Array(dockerfile.utf8), "FROM scratch\nCOPY . /\n")
        }
        // Names of other files after the files themselves.
        files.sort { $0.kind != "h" && $1.kind == "h" }
    }

    private mutating func take(_ header: [[UInt8]], _ lines: [[UInt8]]) throws {
        guard let word = header.first else { return }
        let argument = try header.dropFirst().first.map(Escapes.decode)
        switch String(decoding: word, as: UTF8.self) {
        case "dockerfile": dockerfile = String(decoding: argument ?? [], as: UTF8.self)
        case "tree": files += try lines.filter { !$0.isEmpty }.map(File.init(parsing:))
        case "ignore":
            let text = try lines.map { try Escapes.decode($0) + [UInt8(ascii: "\n")] }.joined()
            addFile(argument ?? Array(".dockerignore".utf8), text)
        case "ignore-without-end":
            let text = try lines.map(Escapes.decode).joined(separator: [UInt8(ascii: "\n")])
            addFile(argument ?? Array(".dockerignore".utf8), text)
        case "expected": expected += try lines.filter { !$0.isEmpty }.map(Expectation.init(parsing:))
        case "expected-parents": expected += Self.withParents(argument ?? [])
        case "error": errors.append(String(decoding: argument ?? [], as: UTF8.self))
        case "build-error": buildErrors.append(String(decoding: argument ?? [], as: UTF8.self))
        case "docker-empties": emptiedByDocker += try lines.filter { !$0.isEmpty }.map(Escapes.decode)
        case "docker-adds": addedByDocker += try lines.filter { !$0.isEmpty }.map(File.init(parsing:))
        case "docker-error": errorsByDocker.append(String(decoding: argument ?? [], as: UTF8.self))
        case "unprivileged": needsUnprivilegedUser = true
        default: throw TestSupportError("unknown section: \(String(decoding: word, as: UTF8.self))")
        }
    }

    private static func withParents(_ path: [UInt8]) -> [Expectation] {
        let ends = path.indices.filter { path[$0] == UInt8(ascii: "/") } + [path.count]
        return ends.map { Expectation(path: Array(path[..<$0])) }
    }

    private mutating func addFile(_ path: [UInt8], _ content: some Sequence<UInt8>) {
        files.append(File(kind: "f", mode: 0o644, path: path, payload: Array(content)))
    }

    private mutating func addFile(_ path: [UInt8], _ content: String) { addFile(path, content.utf8) }
}

extension ContextCase.File {
    /// `KIND MODE PATH [CONTENT or TARGET]`; a file without content holds its own path.
    init(parsing line: [UInt8]) throws {
        let words = line.split(separator: UInt8(ascii: " "), maxSplits: 3, omittingEmptySubsequences: false)
        guard words.count >= 3, words[0].count == 1, let kind = words[0].first, "fdlhsp".utf8.contains(kind),
            let mode = mode_t(String(decoding: words[1], as: UTF8.self), radix: 8)
        else { throw TestSupportError("no file of a tree: \(String(decoding: line, as: UTF8.self))") }
        self.kind = Character(Unicode.Scalar(kind))
        self.mode = mode
        path = try Escapes.decode(Array(words[2]))
        payload = words.count > 3 ? try Escapes.decode(Array(words[3])) : path
    }
}

extension ContextCase.Expectation {
    /// `PATH`, or `PATH => PATH` for another name of a file that comes before it.
    init(parsing line: [UInt8]) throws {
        let words = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard words.count == 1 || words.count == 3 && words[1].elementsEqual("=>".utf8) else {
            throw TestSupportError("no line of a list: \(String(decoding: line, as: UTF8.self))")
        }
        path = try Escapes.decode(Array(words[0]))
        linkTarget = try words.dropFirst(2).first.map { try Escapes.decode(Array($0)) }
    }
}

/// The two escapes of a case: `\xNN` for a byte, and `\{COUNT:TEXT}` for a text that is repeated.
enum Escapes {
    static func decode(_ text: [UInt8]) throws -> [UInt8] {
        var result: [UInt8] = []
        var rest = text[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                result.append(byte)
                continue
            }
            if rest.first == UInt8(ascii: "x"), let value = UInt8(text: rest.dropFirst().prefix(2), radix: 16) {
                result.append(value)
                rest = rest.dropFirst(3)
            } else if rest.first == UInt8(ascii: "{"), let end = rest.firstIndex(of: UInt8(ascii: "}")) {
                let parts = rest[(rest.startIndex + 1)..<end].split(separator: UInt8(ascii: ":"), maxSplits: 1)
                guard parts.count == 2, let count = Int(text: parts[0], radix: 10) else {
                    throw TestSupportError("no repetition: \(String(decoding: text, as: UTF8.self))")
                }
                let once = try decode(Array(parts[1]))
                result += Array(repeating: once, count: count).joined()
                rest = rest[(end + 1)...]
            } else {
                result.append(byte)
            }
        }
        return result
    }

    /// The bytes as a case has them, for messages.
    static func encode(_ bytes: some Sequence<UInt8>) -> String {
        bytes.reduce(into: "") { text, byte in
            if (0x21..<0x7F).contains(byte) {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += (byte < 16 ? "\\x0" : "\\x") + String(byte, radix: 16, uppercase: true)
            }
        }
    }
}

extension FixedWidthInteger {
    /// A number in ASCII, all of the text.
    init?(text: ArraySlice<UInt8>, radix: Int) {
        self.init(String(decoding: text, as: UTF8.self), radix: radix)
    }
}
