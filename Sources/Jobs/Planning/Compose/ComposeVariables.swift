import CaissonText

/// Reads files of variables, such as `.env`: `NAME=VALUE` a line, with quotes, `export`, comments, and variables in values.
struct ComposeVariables {
    /// Why a file can't be read.
    struct Failure: Error {
        var line: Int
        var message: String
    }

    /// What the file sets.
    private(set) var values: [String: String]
    private let lookup: (String) -> String?
    private let text: [Unicode.Scalar]
    private var index = 0
    private var line = 1
    private var budget = ComposeBounds.substituted

    /// The variables of a file, added to those that files before it set.
    /// - Parameter lookup: Variables that go before those of files.
    static func parse(
        _ bytes: [UInt8],
        adding values: [String: String] = [:],
        lookup: @escaping (String) -> String?
    ) throws(Failure) -> [String: String] {
        var reader = Self(String(decoding: bytes, as: UTF8.self), values, lookup)
        while reader.toStatement() { try reader.statement() }
        return reader.values
    }

    /// The variables of a file in the format `raw`, where values are what stands after the first `=`.
    static func parseRaw(
        _ bytes: [UInt8],
        adding values: [String: String] = [:],
        lookup: (String) -> String?
    ) -> [String: String] {
        var values = values
        for line in String(decoding: bytes, as: UTF8.self).pieces(at: "\n") {
            let line = line.hasSuffix("\r") ? String(line.dropLast()) : line
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            if let (name, value) = line.cut(at: "=") { values[name] = value } else { values[line] = lookup(line) }
        }
        return values
    }

    private init(_ text: String, _ values: [String: String], _ lookup: @escaping (String) -> String?) {
        let scalars = Array(text.unicodeScalars)
        self.text = scalars.first == "\u{FEFF}" ? Array(scalars.dropFirst()) : scalars
        self.values = values
        self.lookup = lookup
    }

    /// Goes on to the next statement; false at the end.
    private mutating func toStatement() -> Bool {
        while index < text.count {
            if text[index] == "#" {
                while index < text.count, text[index] != "\n" { index += 1 }
            } else if text[index].properties.isWhitespace {
                if text[index] == "\n" { line += 1 }
                index += 1
            } else {
                return true
            }
        }
        return false
    }

    private mutating func statement() throws(Failure) {
        let (name, isBare) = try self.name()
        guard !name.unicodeScalars.contains(" ") else {
            throw Failure(line: line, message: "the name \(name.quoted) has a blank in it; write NAME=VALUE")
        }
        if isBare {
            if let value = lookup(name) { values[name] = value }
        } else {
            values[name] = try value()
        }
    }

    /// The name and whether it stands alone on its line.
    private mutating func name() throws(Failure) -> (String, isBare: Bool) {
        skipExport()
        let start = index
        var end = start
        while end < text.count {
            let scalar = text[end]
            if scalar == "=" || scalar == ":" || scalar == "\n" { break }
            guard Self.isBlank(scalar) || Self.isOfName(scalar) else {
                throw Failure(
                    line: line,
                    message: "\(String(scalar).quoted) can't be in a variable's name; write NAME=VALUE, or # before it"
                )
            }
            end += 1
        }
        // A last line that has no "=" and no end sets nothing that anyone can name, as with docker.
        guard end < text.count else { return ("", false) }
        let isBare = text[end] == "\n"
        if isBare { line += 1 }
        index = end + 1
        skipBlanks()
        return (Self.trimmedEnd(text[start..<end]), isBare)
    }

    private mutating func skipExport() {
        let word = Array("export".unicodeScalars)
        guard text[index...].starts(with: word), index + word.count < text.count,
            " \t\n\r\u{0C}".unicodeScalars.contains(text[index + word.count])
        else { return }
        index += word.count
        skipBlanks()
    }

    private mutating func skipBlanks() {
        while index < text.count, Self.isBlank(text[index]) { index += 1 }
    }

    private mutating func value() throws(Failure) -> String {
        guard index < text.count, text[index] == "\"" || text[index] == "'" else { return try plainValue() }
        let quote = text[index]
        let start = line
        let first = index
        var value = String.UnicodeScalarView()
        var isEscaped = false
        index += 1
        while index < text.count {
            let scalar = text[index]
            index += 1
            if scalar == "\n" { line += 1 }
            if scalar == quote, !isEscaped {
                return quote == "'" ? String(value) : try expanded(ComposeEscapes.expand(String(value)))
            }
            if scalar == "\\", !isEscaped {
                isEscaped = true
                continue
            }
            if isEscaped, scalar != quote { value.append("\\") }
            isEscaped = false
            value.append(scalar)
        }
        let shown = String(String.UnicodeScalarView(text[first...].prefix { $0 != "\n" }))
        throw Failure(line: start, message: "the quotation \(shown.quoted) has no end")
    }

    private mutating func plainValue() throws(Failure) -> String {
        let end = text[index...].firstIndex(of: "\n") ?? text.count
        var value = text[index..<end]
        if let comment = value.indices.dropLast().first(where: { value[$0] == " " && value[$0 + 1] == "#" }) {
            value = value[..<comment]
        }
        index = min(end + 1, text.count)
        line += 1
        return try expanded(Self.trimmedEnd(value))
    }

    /// A value with its variables put in.
    private mutating func expanded(_ value: String) throws(Failure) -> String {
        var template = ComposeTemplate(budget: budget) { [lookup, values] name in lookup(name) ?? values[name] }
        do {
            let text = try template.substitute(value)
            budget = template.budget
            return text
        } catch {
            throw Failure(line: line, message: error.message)
        }
    }

    private static func trimmedEnd(_ text: ArraySlice<Unicode.Scalar>) -> String {
        let end = text.lastIndex { !$0.properties.isWhitespace }.map { $0 + 1 } ?? text.startIndex
        return String(String.UnicodeScalarView(text[text.startIndex..<end]))
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        "\t\u{0B}\u{0C}\r \u{85}\u{A0}".unicodeScalars.contains(scalar)
    }

    private static func isOfName(_ scalar: Unicode.Scalar) -> Bool {
        if "_.-[]".unicodeScalars.contains(scalar) { return true }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .decimalNumber, .letterNumber, .otherNumber:
            return true
        default: return false
        }
    }
}

/// Escapes between double quotes in a file of variables.
enum ComposeEscapes {
    private static let letters: [Unicode.Scalar: Unicode.Scalar] = [
        "a": "\u{07}", "b": "\u{08}", "f": "\u{0C}", "n": "\n", "r": "\r", "t": "\t", "v": "\u{0B}", "\"": "\"",
        "\\": "\\",
    ]

    /// The text with `\n` and its like replaced; `\$` becomes `$$`, which a template makes a dollar sign of.
    static func expand(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "\\")) else { return text }
        let scalars = Array(text.unicodeScalars)
        var output = String.UnicodeScalarView()
        var index = 0
        while index < scalars.count {
            guard scalars[index] == "\\", index + 1 < scalars.count else {
                output.append(scalars[index])
                index += 1
                continue
            }
            let next = scalars[index + 1]
            if next == "0" {
                let digits = scalars[(index + 2)...].prefix(3).prefix { ("0"..."9").contains($0) }
                output.append(contentsOf: octal(digits))
                index += 2 + digits.count
            } else if next == "$" {
                output.append(contentsOf: "$$".unicodeScalars)
                index += 2
            } else if let letter = letters[next] {
                output.append(letter)
                index += 2
            } else {
                output.append("\\")
                index += 1
            }
        }
        return String(output)
    }

    /// The character of `\0` and three digits; with fewer digits the backslash and the digits stay.
    private static func octal(_ digits: ArraySlice<Unicode.Scalar>) -> String.UnicodeScalarView {
        let text = String(String.UnicodeScalarView(digits))
        if digits.count == 3, let value = UInt8(text, radix: 8) {
            return String.UnicodeScalarView([Unicode.Scalar(value)])
        }
        return "\\\(text)".unicodeScalars
    }
}
