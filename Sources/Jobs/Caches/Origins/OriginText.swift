import CaissonText

extension String {
    /// What follows a beginning; nil where the text begins otherwise.
    func after(_ beginning: String) -> String? {
        guard utf8.starts(with: beginning.utf8) else { return nil }
        return String(self[utf8.index(startIndex, offsetBy: beginning.utf8.count)...])
    }

    /// The text before and after the first place of a mark of ASCII; nil where it isn't there.
    func cut(atFirst mark: String) -> (head: String, tail: String)? {
        guard let first = mark.utf8.first else { return nil }
        var rest = utf8[...]
        while let place = rest.firstIndex(of: first) {
            if utf8[place...].starts(with: mark.utf8) { return cut(place, mark) }
            rest = rest[utf8.index(after: place)...]
        }
        return nil
    }

    /// The text before and after the last place of a mark of ASCII; nil where it isn't there.
    func cut(atLast mark: String) -> (head: String, tail: String)? {
        guard let first = mark.utf8.first else { return nil }
        var rest = utf8[...]
        while let place = rest.lastIndex(of: first) {
            if utf8[place...].starts(with: mark.utf8) { return cut(place, mark) }
            rest = rest[..<place]
        }
        return nil
    }

    private func cut(_ place: Index, _ mark: String) -> (head: String, tail: String) {
        (String(self[..<place]), String(self[utf8.index(place, offsetBy: mark.utf8.count)...]))
    }

    /// An image's name without its digest.
    var withoutDigest: String { cut(atFirst: "@sha256:")?.head ?? self }

    /// A command without the shell that reads it: without all words up to the first flag that ends in `c`, such as
    /// `-c` or `-euxc`, where the words before it are a program, flags, and what `-o` takes.
    var withoutShell: String {
        var rest = self
        for number in 0..<8 {
            guard let (word, tail) = rest.cut(at: " ") else { return self }
            rest = tail
            guard number > 0, word.utf8.count > 1, word.hasPrefix("-"), word.hasSuffix("c") else { continue }
            return rest
        }
        return self
    }
}

extension String {
    /// What follows the flags of an instruction, such as `--mount=…`, each with a space after it.
    var withoutFlags: String {
        guard hasPrefix("--") else { return self }
        var rest = utf8[...]
        while rest.starts(with: "--".utf8), let space = rest.firstIndex(of: 0x20) {
            rest = rest[space...].drop { $0 == 0x20 || (9...13).contains($0) }
        }
        return String(Substring(rest))
    }
}

/// A command in the form of a list, as a Dockerfile has it: `["/bin/sh", "-c", "make"]`.
enum ExecForm {
    /// The words; nil where the text is no list of texts in quotation marks.
    static func words(_ text: String) -> [String]? {
        var bytes = text.utf8[...]
        guard bytes.popFirst() == UInt8(ascii: "["), bytes.popLast() == UInt8(ascii: "]") else { return nil }
        var words: [String] = []
        while true {
            bytes = bytes.drop { $0 == 0x20 || $0 == 0x09 }
            guard bytes.popFirst() == UInt8(ascii: "\""), let word = word(&bytes) else { return nil }
            words.append(word)
            bytes = bytes.drop { $0 == 0x20 || $0 == 0x09 }
            guard let next = bytes.popFirst() else { return words }
            guard next == UInt8(ascii: ",") else { return nil }
        }
    }

    /// Takes a word and its last quotation mark off; nil where it has none, or an escape that isn't read here.
    private static func word(_ bytes: inout Substring.UTF8View) -> String? {
        var out: [UInt8] = []
        while let byte = bytes.popFirst() {
            if byte == UInt8(ascii: "\"") { return String(decoding: out, as: UTF8.self) }
            guard byte == UInt8(ascii: "\\") else {
                out.append(byte)
                continue
            }
            guard let letter = bytes.popFirst(), let plain = escapes[letter] else { return nil }
            out.append(plain)
        }
        return nil
    }

    private static let escapes: [UInt8: UInt8] = [
        UInt8(ascii: "n"): 10, UInt8(ascii: "t"): 9, UInt8(ascii: "r"): 13, UInt8(ascii: "\""): 0x22,
        UInt8(ascii: "\\"): 0x5C, UInt8(ascii: "/"): 0x2F,
    ]
}
