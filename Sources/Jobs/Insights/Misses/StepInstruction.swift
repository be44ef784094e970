import CaissonText

/// An instruction taken apart, as BuildKit prints it in a step's name: `COPY --chmod=600 --from=build a b /dir/`.
///
/// Variables are filled in already. Quotes are gone but in RUN, and the JSON form reads `[a, b, /dir/]`: so far as a
/// word has a blank in it, it can't be told from two (`dispatchCopy` and `dispatchRun` in BuildKit's
/// `frontend/dockerfile/dockerfile2llb/convert.go` and `convert_copy.go`).
struct StepInstruction: Sendable, Hashable {
    /// A flag, such as `from` and `build`; the value is empty where there is none.
    struct Flag: Sendable, Hashable {
        var name: String
        var value: String
    }

    /// The first word, such as `RUN`, without `ONBUILD` or `LINK` before it.
    var keyword: String
    /// Whether it is the step that puts the files of a `COPY --link` on what is there.
    var isMerge = false
    /// The flags, in order.
    var flags: [Flag] = []
    /// What follows the flags.
    var rest: String

    /// Takes an instruction apart; it may hold any characters.
    init(_ instruction: String) {
        var rest = instruction.utf8[...]
        func word() -> String {
            rest = rest.drop { $0 == 0x20 }
            let word = rest.prefix { $0 != 0x20 }
            rest = rest[word.endIndex...].drop { $0 == 0x20 }
            return String(Substring(word))
        }
        keyword = word()
        if keyword == "LINK" {
            isMerge = true
            keyword = word()
        }
        if keyword == "ONBUILD" { keyword = word() }
        while rest.starts(with: "--".utf8), flags.count < 64 {
            let text = String(word().dropFirst(2))
            let (name, value) = text.cut(at: "=") ?? (text, "")
            flags.append(Flag(name: name, value: value))
        }
        self.rest = String(Substring(rest))
    }

    /// The value of a flag; nil where it isn't given.
    func flag(_ name: String) -> String? { flags.last { $0.name == name }?.value }

    /// Whether it copies files.
    var copies: Bool { keyword == "COPY" || keyword == "ADD" }

    /// What a COPY or ADD takes, without documents that stand in the Dockerfile; empty for all others.
    var sources: [String] {
        guard copies else { return [] }
        var words = words
        guard words.count > 1 else { return [] }
        words.removeLast()
        return words.filter { !$0.hasPrefix("<<") }
    }

    /// The sources that are addresses, which ADD alone takes.
    var addresses: [String] {
        keyword == "ADD" ? sources.filter(Self.isAddress) : []
    }

    /// The sources that are files.
    var files: [String] { keyword == "ADD" ? sources.filter { !Self.isAddress($0) } : sources }

    private var words: [String] {
        let text = rest.trimmed
        guard text.utf8.first == UInt8(ascii: "["), text.utf8.last == UInt8(ascii: "]"), text.utf8.count > 1 else {
            return text.utf8.split(separator: 0x20).map { Self.unquoted(String(Substring($0))) }
        }
        return String(text.dropFirst().dropLast()).pieces(at: ",").map { Self.unquoted($0.trimmed) }
    }

    private static func unquoted(_ word: String) -> String {
        let quotes = "\"'".utf8
        guard let first = word.utf8.first, quotes.contains(first), word.utf8.last == first, word.utf8.count > 1 else {
            return word
        }
        return String(Substring(word.utf8.dropFirst().dropLast()))
    }

    private static func isAddress(_ source: String) -> Bool {
        let schemes = ["http://", "https://", "git://", "ssh://", "git@", "github.com/"]
        return schemes.contains { source.utf8.starts(with: $0.utf8) }
    }
}

extension StepInstruction {
    /// A mount of a RUN step, by the names of its attributes; `type` is `bind` where none is told.
    struct Mount: Sendable, Hashable {
        var attributes: [String: String]

        var type: String { attributes["type"] ?? "bind" }
        var from: String? { attributes["from"] }
        var source: String { attributes["source"] ?? attributes["src"] ?? "/" }
        /// A secret's id; BuildKit takes the file's name for it where none is told.
        var id: String? { attributes["id"] ?? source.pieces(at: "/").last }
        /// Whether the step may write to it; then BuildKit's key isn't made of the files it reads alone.
        var isWritable: Bool {
            ["rw", "readwrite"].contains { name in attributes[name].map { $0 != "false" } ?? false }
        }
    }

    /// The mounts of a RUN step.
    var mounts: [Mount] {
        guard keyword == "RUN" else { return [] }
        return flags.filter { $0.name == "mount" }.map { flag in
            var attributes: [String: String] = [:]
            for field in flag.value.pieces(at: ",").prefix(32) {
                let (name, value) = field.cut(at: "=") ?? (field, "")
                attributes[name.lowercased()] = value
            }
            return Mount(attributes: attributes)
        }
    }

    /// Whether a variable is named in the text, as `$NAME` or `${NAME…`.
    func names(_ variable: String) -> Bool {
        let bytes = Array(rest.utf8.prefix(16_384))
        let wanted = Array(variable.utf8)
        guard !wanted.isEmpty else { return false }
        for place in bytes.indices where bytes[place] == UInt8(ascii: "$") {
            var start = place + 1
            let isBraced = start < bytes.count && bytes[start] == UInt8(ascii: "{")
            if isBraced { start += 1 }
            guard bytes.count - start >= wanted.count, bytes[start...].starts(with: wanted) else { continue }
            let end = start + wanted.count
            let isLonger = end < bytes.count && (bytes[end].isAlphanumeric || bytes[end] == UInt8(ascii: "_"))
            if !isLonger { return true }
        }
        return false
    }
}
