import CaissonText
import CaissonDockerfile

extension Facts {
    /// All labels with their instructions.
    var labels: [(step: Step, pair: Pair)] {
        steps(.label).flatMap { step in step.instruction.pairs.map { (step, $0) } }
    }

    /// The keys of the labels of a stage and of those that it begins with.
    func labelKeys(of stage: Stage) -> Set<String> {
        let chain = Set(ancestry(of: stage.index))
        return Set(labels.filter { $0.step.stage.map(chain.contains) == true }.map(\.pair.key.unquoted))
    }
}

/// Docker's rules for the keys of labels.
enum LabelKey {
    /// What is wrong with a key; nil if nothing is.
    static func complaint(_ key: String) -> String? {
        func isLower(_ byte: UInt8) -> Bool { byte >= 0x61 && byte <= 0x7A }
        let bytes = Array(key.utf8)
        guard let first = bytes.first, let last = bytes.last else { return "is empty" }
        if !isLower(first) { return "should begin with a small letter" }
        if !isLower(last), !Ascii.isDigit(last) { return "should end with a small letter or a digit" }
        let isPlain = bytes.allSatisfy { isLower($0) || Ascii.isDigit($0) || [0x2E, 0x2D, 0x5F, 0x2F].contains($0) }
        if !isPlain { return "should have small letters, digits, '.', '-', '_' and '/' alone" }
        if let prefix = ["com.docker.", "io.docker.", "org.dockerproject."].first(where: key.hasPrefix) {
            return "begins with \(prefix), which is Docker's own"
        }
        return key.holds("..") || key.holds("--") ? "has a separator twice" : nil
    }
}

/// The checks of labels' values.
enum LabelValue {
    /// `scheme://host…`.
    static func isURL(_ text: String) -> Bool {
        guard let colon = text.firstIndex(of: ":") else { return false }
        let scheme = text[..<colon]
        guard let first = scheme.utf8.first, Ascii.isLetter(first) else { return false }
        return text[colon...].hasPrefix("://") && text.utf8.count > scheme.utf8.count + 3
            && !text.contains { $0 == " " || $0 == "<" || $0 == ">" || $0 == "\"" }
    }

    /// `2024-08-01T12:00:00Z`.
    static func isTime(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, matches(bytes[..<19], "dddd-dd-ddTdd:dd:dd") else { return false }
        func number(_ range: Range<Int>) -> Int { Int(String(decoding: bytes[range], as: UTF8.self)) ?? 99 }
        guard (1...12).contains(number(5..<7)), (1...31).contains(number(8..<10)), number(11..<13) < 24,
            number(14..<16) < 60, number(17..<19) <= 60
        else { return false }
        var rest = bytes[19...]
        if rest.first == UInt8(ascii: ".") {
            let digits = rest.dropFirst().prefix { Ascii.isDigit($0) }
            guard !digits.isEmpty else { return false }
            rest = rest.dropFirst(1 + digits.count)
        }
        if rest.count == 1 { return rest.first == UInt8(ascii: "Z") || rest.first == UInt8(ascii: "z") }
        return matches(rest, "+dd:dd") || matches(rest, "-dd:dd")
    }

    private static func matches(_ bytes: ArraySlice<UInt8>, _ pattern: String) -> Bool {
        guard bytes.count == pattern.utf8.count else { return false }
        return zip(bytes, pattern.utf8).allSatisfy { byte, wanted in
            if wanted == UInt8(ascii: "d") { return Ascii.isDigit(byte) }
            return byte == wanted || (wanted == UInt8(ascii: "T") && (byte == UInt8(ascii: "t") || byte == 0x20))
        }
    }

    /// Seven or forty hexadecimal digits in small letters.
    static func isHash(_ text: String) -> Bool {
        (text.utf8.count == 7 || text.utf8.count == 40)
            && text.utf8.allSatisfy { Ascii.isDigit($0) || ($0 >= 0x61 && $0 <= 0x66) }
    }

    /// `1.2.3`, with `-pre.1` and `+build` if those are allowed.
    static func isVersion(_ text: String) -> Bool {
        let build = text.split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)
        if build.count == 2, !isIdentifiers(build[1], zeros: true) { return false }
        let parts = build[0].split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2, !isIdentifiers(parts[1], zeros: false) { return false }
        let numbers = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 3 && numbers.allSatisfy { isNumber($0) && ($0 == "0" || $0.first != "0") }
    }

    private static func isNumber(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { Ascii.isDigit($0) }
    }

    private static func isIdentifiers(_ text: Substring, zeros: Bool) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
            guard !part.isEmpty, part.utf8.allSatisfy({ Ascii.isDigit($0) || Ascii.isLetter($0) || $0 == 0x2D }) else {
                return false
            }
            return zeros || !isNumber(part) || part == "0" || part.first != "0"
        }
    }

    /// `name@host`.
    static func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, parts[1].holds("."), !text.holds(" ") else { return false }
        return parts[1].split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            !label.isEmpty && label.utf8.allSatisfy { Ascii.isDigit($0) || Ascii.isLetter($0) || $0 == 0x2D }
        }
    }

    /// Identifiers of the SPDX list, with `+`, and `WITH`, `AND` or `OR` between several.
    static func isLicense(_ text: String) -> Bool {
        let words = text.split { $0 == " " || $0 == "(" || $0 == ")" }
        guard !words.isEmpty else { return false }
        var expectsName = true
        for word in words {
            if expectsName {
                let name = word.hasSuffix("+") ? String(word.dropLast()) : String(word)
                guard Licenses.names.contains(name) || name.hasPrefix("LicenseRef-") else { return false }
            } else if !["AND", "OR", "WITH"].contains(word) {
                return false
            }
            expectsName.toggle()
        }
        return !expectsName
    }
}
