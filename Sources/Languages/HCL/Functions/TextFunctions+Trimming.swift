import CaissonText

extension HCLFunction {
    private static func trim(
        _ description: String,
        _ second: Parameter,
        _ transform: @escaping @Sendable (String, String) -> String
    ) -> HCLFunction {
        native(
            description,
            [Parameter("str", .string, "The string to trim."), second]
        ) { call throws(HCLCallError) in .string(transform(call.text(0), call.text(1))) }
    }

    /// Functions that take something off the ends of texts.
    static let trimming: Group = [
        "chomp": native(
            "Removes one or more newline characters from the end of the given string.",
            [Parameter("str", .string)]
        ) { call throws(HCLCallError) in .string(call.text(0).trimmed(atStart: false) { $0 == "\n" || $0 == "\r" }) },
        "trimspace": native(
            "Removes any consecutive space characters (as defined by Unicode) from the start and end of the given string.",
            [Parameter("str", .string)]
        ) { call throws(HCLCallError) in .string(call.text(0).trimmed { $0.properties.isWhitespace }) },
        "trim": trim(
            "Removes consecutive sequences of characters in \"cutset\" from the start and end of the given string.",
            Parameter(
                "cutset",
                .string,
                "A string containing all of the characters to trim. Each character is taken separately, so the order of "
                    + "characters is insignificant."
            )
        ) { text, cutset in
            let scalars = Set(cutset.unicodeScalars)
            return text.trimmed { scalars.contains($0) }
        },
        "trimprefix": trim(
            "Removes the given prefix from the start of the given string, if present.",
            Parameter("prefix", .string, "The prefix to remove, if present.")
        ) { text, prefix in
            text.utf8.starts(with: prefix.utf8)
                ? String(decoding: text.utf8.dropFirst(prefix.utf8.count), as: UTF8.self) : text
        },
        "trimsuffix": trim(
            "Removes the given suffix from the start of the given string, if present.",
            Parameter("suffix", .string, "The suffix to remove, if present.")
        ) { text, suffix in
            text.utf8.reversed().starts(with: suffix.utf8.reversed())
                ? String(decoding: text.utf8.dropLast(suffix.utf8.count), as: UTF8.self) : text
        },
    ]
}

extension String {
    /// The text without scalars of a kind at its end, and at its start.
    func trimmed(atStart: Bool = true, _ isTrimmed: (Unicode.Scalar) -> Bool) -> String {
        var scalars = unicodeScalars[...]
        while let last = scalars.last, isTrimmed(last) { scalars.removeLast() }
        return String(atStart ? scalars.drop(while: isTrimmed) : scalars)
    }

    /// The text with other scalars.
    func mapScalars(_ transform: (Unicode.Scalar) -> Unicode.Scalar) -> String {
        var out = UnicodeScalarView()
        for scalar in unicodeScalars { out.append(transform(scalar)) }
        return String(out)
    }

    /// The pieces between all places of a text; for the empty one the scalars.
    func split(at separator: String) -> [String] {
        guard !separator.isEmpty else { return unicodeScalars.map { String($0) } }
        let (bytes, mark) = (Array(utf8), Array(separator.utf8))
        var pieces: [String] = []
        var start = 0
        var next = 0
        while next + mark.count <= bytes.count {
            if bytes[next] == mark[0], bytes[next..<(next + mark.count)].elementsEqual(mark) {
                pieces.append(String(decoding: bytes[start..<next], as: UTF8.self))
                next += mark.count
                start = next
            } else {
                next += 1
            }
        }
        return pieces + [String(decoding: bytes[start...], as: UTF8.self)]
    }

    /// The text with one text in all places of another; the empty one is before and behind each scalar.
    func replacing(_ old: String, with new: String) -> String {
        guard old.isEmpty else { return split(at: old).joined(separator: new) }
        return new + unicodeScalars.map { String($0) + new }.joined()
    }
}

extension Unicode.Scalar {
    /// The capital letter, where that is one scalar.
    var upper: Unicode.Scalar {
        if let letter = UInt8(exactly: value), letter < 0x80 {
            return letter.isLowercase ? Unicode.Scalar(letter - 0x20) : self
        }
        return Self.single(properties.uppercaseMapping) ?? Self.single(properties.titlecaseMapping) ?? self
    }
    /// The small letter.
    var lower: Unicode.Scalar {
        if let letter = UInt8(exactly: value), letter < 0x80 {
            return letter.isUppercase ? Unicode.Scalar(letter + 0x20) : self
        }
        return properties.lowercaseMapping.unicodeScalars.first ?? self
    }
    /// The letter that begins a title, where that is one scalar.
    var title: Unicode.Scalar { value < 0x80 ? upper : Self.single(properties.titlecaseMapping) ?? self }

    private static func single(_ mapping: String) -> Unicode.Scalar? {
        mapping.unicodeScalars.count == 1 ? mapping.unicodeScalars.first : nil
    }

    /// Whether it is part of a word as Go's `strings.Title` has it.
    var isWordPart: Bool {
        if let letter = UInt8(exactly: value), letter < 0x80 { return self == "_" || letter.isAlphanumeric }
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber:
            return true
        default: return !properties.isWhitespace
        }
    }
}
