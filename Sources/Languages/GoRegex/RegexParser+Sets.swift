extension RegexParser {
    /// What a `\` at this place and what follows it mean.
    mutating func escape() throws(RegexError) {
        let start = place
        place += 1
        switch peek() ?? 0 {
        case "A": try addEscaped(.assertion(.textStart))
        case "z": try addEscaped(.assertion(.textEnd))
        case "b": try addEscaped(.assertion(.wordBoundary))
        case "B": try addEscaped(.assertion(.noWordBoundary))
        case "Q":
            place += 1
            quotedLiteral()
        default:
            place = start
            if let item = try namedItem() {
                try add(.set(ScalarSet(items: [item], foldsCase: flags.foldsCase)))
            } else {
                addLiteral(try escapedScalar())
            }
        }
    }

    private mutating func addEscaped(_ kind: RegexTree.Kind) throws(RegexError) {
        place += 1
        try add(kind)
    }

    /// Everything up to `\E` or the end, as it is.
    private mutating func quotedLiteral() {
        while let next = next() {
            if next == "\\", peek() == "E" {
                place += 1
                return
            }
            addLiteral(next)
        }
    }

    // MARK: Sets

    /// What begins with a `[` at this place, to its `]`.
    mutating func set() throws(RegexError) -> ScalarSet {
        let start = place
        place += 1
        var set = ScalarSet(foldsCase: flags.foldsCase)
        if peek() == "^" {
            place += 1
            set.isNegated = true
        }
        var isFirst = true
        while peek() != "]" || isFirst {
            isFirst = false
            if let item = try posixItem() {
                set.items.append(item)
            } else if let item = try namedItem() {
                set.items.append(item)
            } else {
                set.items.append(ScalarSet.Item(ranges: [try range(inSetFrom: start)]))
            }
        }
        place += 1
        return set
    }

    private mutating func range(inSetFrom start: Int) throws(RegexError) -> ClosedRange<UInt32> {
        let first = place
        let low = try setScalar(start)
        guard peek() == "-", let after = peek(1), after != "]" else { return low...low }
        place += 1
        let high = try setScalar(start)
        guard low <= high else {
            throw RegexError(.invalidCharRange, text[first..<place], "a range in \"[…]\" is upside down")
        }
        return low...high
    }

    private mutating func setScalar(_ start: Int) throws(RegexError) -> UInt32 {
        guard let scalar = peek() else {
            throw RegexError(.missingBracket, text[start...], "a \"[\" has no \"]\"")
        }
        if scalar == "\\" { return try escapedScalar() }
        place += 1
        return scalar
    }

    /// A `[:name:]` in a set.
    private mutating func posixItem() throws(RegexError) -> ScalarSet.Item? {
        guard peek() == "[", peek(1) == ":" else { return nil }
        var end = place + 2
        while end + 1 < text.count, text[end] != 0x3A || text[end + 1] != 0x5D { end += 1 }
        guard end + 1 < text.count else { return nil }
        let name = String(String.UnicodeScalarView(text[(place + 2)..<end].map { Unicode.Scalar($0) ?? "\u{FFFD}" }))
        guard let item = ScalarSet.item(named: name) else {
            throw RegexError(.invalidCharRange, text[place..<(end + 2)], "there is no class \"[:\(name):]\"")
        }
        place = end + 2
        return item
    }

    /// The set that `\d`, `\W`, `\pL` and the like at this place mean.
    private mutating func namedItem() throws(RegexError) -> ScalarSet.Item? {
        guard peek() == "\\" else { return nil }
        if let item = ScalarSet.item(ofLetter: peek(1)) {
            place += 2
            return item
        }
        guard peek(1) == "p" || peek(1) == "P" else { return nil }
        return try category()
    }

    private mutating func category() throws(RegexError) -> ScalarSet.Item {
        let start = place
        var isNegated = peek(1) == "P"
        place += 2
        var name = text[place...].prefix(1)
        place += name.count
        if name.first == "{" {
            guard let end = text[place...].firstIndex(of: UInt32(UInt8(ascii: "}"))) else {
                throw RegexError(.invalidCharRange, text[start...], "a \"\\p{\" has no \"}\"")
            }
            name = text[place..<end]
            place = end + 1
        }
        if name.first == "^" {
            isNegated.toggle()
            name = name.dropFirst()
        }
        let word = String(String.UnicodeScalarView(name.compactMap { Unicode.Scalar($0) }))
        guard var item = ScalarSet.item(ofCategory: word) else {
            throw RegexError(.invalidCharRange, text[start..<place], "the Unicode class \"\(word)\" isn't known")
        }
        item.isNegated = isNegated
        return item
    }
}

// MARK: - Scalars

extension RegexParser {
    /// The scalar that an escape at this place means.
    private mutating func escapedScalar() throws(RegexError) -> UInt32 {
        let start = place
        place += 1
        guard let next = next() else {
            throw RegexError(.trailingBackslash, [], "nothing follows the \"\\\" at its end")
        }
        switch next {
        case "a": return 7
        case "f": return 12
        case "n": return 10
        case "r": return 13
        case "t": return 9
        case "v": return 11
        case "x": return try hexadecimal(from: start)
        case "0": return octal(startingWith: next)
        // A single digit would be a back reference, which this kind of regular expression can't have.
        case 0x31...0x37 where (0x30...0x37).contains(peek() ?? 0): return octal(startingWith: next)
        default: break
        }
        guard next < 0x80, !ScalarSet.isWord(next) || next == "_" else {
            throw RegexError(
                .invalidEscape,
                text[start..<place],
                "a \"\\\" before a letter or digit, which has no meaning there"
            )
        }
        return next
    }

    private mutating func octal(startingWith digit: UInt32) -> UInt32 {
        var value = digit - 0x30
        for _ in 0..<2 {
            guard let next = peek(), (0x30...0x37).contains(next) else { break }
            value = value * 8 + next - 0x30
            place += 1
        }
        return value
    }

    private mutating func hexadecimal(from start: Int) throws(RegexError) -> UInt32 {
        let hasBraces = peek() == "{"
        if hasBraces { place += 1 }
        var value: UInt32 = 0
        var count = 0
        while hasBraces || count < 2, let next = next() {
            if hasBraces, count > 0, next == "}" { return value }
            guard let digit = hexadecimalDigit(next), value * 16 + digit <= 0x10FFFF else { break }
            value = value * 16 + digit
            count += 1
        }
        guard !hasBraces, count == 2 else {
            throw RegexError(.invalidEscape, text[start..<place], "a \"\\x\" without a hexadecimal number")
        }
        return value
    }

    private func hexadecimalDigit(_ scalar: UInt32) -> UInt32? {
        switch scalar {
        case 0x30...0x39: scalar - 0x30
        case 0x61...0x66, 0x41...0x46: scalar & 0x1F + 9
        default: nil
        }
    }
}
