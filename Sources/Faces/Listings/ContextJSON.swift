package import CaissonBuildContext
import CaissonJSON
import FoundationEssentials

/// Entries of a context as JSON, made without an encoder, as there may be millions.
enum ContextJSON {
    /// Appends one file as an object, after the comma that ends the one before it.
    @Sendable static func append(_ file: ListedFile, to bytes: inout [UInt8]) {
        bytes += ",\n".utf8
        JSONWriter.append(to: &bytes, .display) { json in
            json.object { append(file, to: &$0) }
        }
    }

    private static func append(_ file: ListedFile, to json: inout JSONWriter) {
        append("path", "path_base64", Array(file.path), to: &json)
        json.member("type", ContextText.kind(of: file).description)
        json.member("size", Int(file.size))
        json.member("mode", String(file.mode.octal, radix: 8))
        if !file.linkname.isEmpty { append("link", "link_base64", file.linkname, to: &json) }
    }

    /// A name that isn't UTF-8 can't be a string of JSON: then it is also given in base64.
    private static func append(
        _ key: StaticString,
        _ exactKey: StaticString,
        _ name: [UInt8],
        to json: inout JSONWriter
    ) {
        json.member(key, String(decoding: name, as: UTF8.self))
        if let exact = ContextPath(name).pathBase64 { json.member(exactKey, exact) }
    }
}

/// A path in JSON: as text, and in base64 when it isn't UTF-8.
struct ContextPath: Encodable {
    /// The path as text.
    var path: String
    /// The path's bytes, when the text isn't all of it.
    var pathBase64: String?

    enum CodingKeys: String, CodingKey {
        case path
        case pathBase64 = "path_base64"
    }

    init(_ bytes: [UInt8]) {
        path = String(decoding: bytes, as: UTF8.self)
        if String(validating: bytes, as: UTF8.self) == nil { pathBase64 = Data(bytes).base64EncodedString() }
    }
}

/// The sums of a context as JSON.
package struct ContextSizeReport: Encodable {
    /// A group of files.
    struct Group: Encodable {
        /// What they have in common.
        var name: ContextPath
        /// How many.
        var files: Int
        /// Their sizes.
        var bytes: Int64
    }

    /// One file.
    struct File: Encodable {
        /// Where it is.
        var file: ContextPath
        /// Its size.
        var bytes: Int64
        /// What it takes of the disk.
        var allocated: Int64
    }

    let ignoreFile: String?
    let files: Int
    let bytes: Int64
    let directories: [Group]
    let extensions: [Group]
    let largest: [File]
    let sparse: [File]
    let suggestions: [Group]

    package init(_ size: ContextSize, _ ignoreFile: String?) {
        self.ignoreFile = ignoreFile
        files = size.total.files
        bytes = size.total.bytes
        directories = Self.groups(size.directories)
        extensions = Self.groups(size.extensions)
        largest = size.largest.map(Self.file)
        sparse = size.sparse.map(Self.file)
        suggestions = size.suggestions.map {
            Group(name: ContextPath($0.line), files: $0.saving.files, bytes: $0.saving.bytes)
        }
    }

    private static func groups(_ amounts: [[UInt8]: ContextSize.Amount]) -> [Group] {
        amounts.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map {
            Group(name: ContextPath($0.key), files: $0.value.files, bytes: $0.value.bytes)
        }
    }

    private static func file(_ file: ContextSize.File) -> File {
        File(file: ContextPath(file.path), bytes: file.bytes, allocated: file.allocated)
    }
}

/// Why a path is sent or not, as JSON.
package struct ContextExplanationReport: Encodable {
    /// A pattern that touched it.
    struct Match: Encodable {
        /// The ignore file.
        var file: String
        /// The line in it.
        var line: Int
        /// The pattern with its `!`.
        var pattern: String
        /// What it matched.
        var matched: ContextPath
        /// Whether it is the one that decides.
        var decides: Bool
    }

    let path: ContextPath
    let exists: Bool
    let sent: Bool
    let verdict: String
    let matches: [Match]

    package init(_ explanation: ContextExplanation) {
        path = ContextPath(explanation.path)
        exists = explanation.exists
        sent = explanation.verdict == .sent || explanation.verdict == .sentForContent
        verdict = explanation.verdict.rawValue
        let last = explanation.matches.count - 1
        matches = explanation.matches.enumerated().map { index, match in
            Match(
                file: match.file,
                line: match.line,
                pattern: String(decoding: match.pattern, as: UTF8.self),
                matched: ContextPath(match.matched),
                decides: index == last
            )
        }
    }
}
