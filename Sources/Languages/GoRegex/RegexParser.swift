/// Reads the regular expressions that ignore patterns turn into, with the syntax and the errors of Go's `regexp`.
///
/// Groups come only from the translation of `**` and are never nested, so the recursion is one level deep.
struct RegexParser {
    private var rest: ArraySlice<UInt32>

    /// Reads a whole regular expression.
    static func parse(_ text: [UInt32]) throws(RegexError) -> RegexNode {
        var parser = RegexParser(rest: text[...])
        let node = try parser.choice(isGroup: false)
        guard parser.rest.isEmpty else { throw RegexError(reason: "unexpected \")\"") }
        return node
    }

    private init(rest: ArraySlice<UInt32>) { self.rest = rest }

    private mutating func choice(isGroup: Bool) throws(RegexError) -> RegexNode {
        var choices: [RegexNode] = []
        var nodes: [RegexNode] = []
        var followsRepeat = false
        while let next = rest.first, next != UInt32(UInt8(ascii: ")")) {
            if next == "|" {
                rest.removeFirst()
                choices.append(.sequence(nodes))
                nodes = []
                followsRepeat = false
            } else if let times = try repetition() {
                guard let last = nodes.popLast() else { throw RegexError(reason: "nothing to repeat before a \"{\"") }
                if followsRepeat { throw RegexError(reason: "a repetition of a repetition") }
                nodes.append(.repeated(last, least: times.least, most: times.most))
                followsRepeat = true
            } else {
                try atom(into: &nodes, isGroup: isGroup)
                followsRepeat = false
            }
        }
        choices.append(.sequence(nodes))
        return choices.count == 1 ? choices[0] : .choice(choices)
    }

    private mutating func atom(into nodes: inout [RegexNode], isGroup: Bool) throws(RegexError) {
        guard let next = rest.popFirst() else { return }
        switch next {
        case "(":
            guard !isGroup else { throw RegexError(reason: "a group in a group") }
            nodes.append(try choice(isGroup: true))
            guard rest.popFirst() == ")" else { throw RegexError(reason: "missing closing \")\"") }
        case ".": nodes.append(.any)
        case "^": nodes.append(.assertion(.textStart))
        case "$": nodes.append(.assertion(.textEnd))
        case "[": nodes.append(.set(try set()))
        case "\\": try escape(into: &nodes)
        default: nodes.append(.scalar(next))
        }
    }

    private mutating func escape(into nodes: inout [RegexNode]) throws(RegexError) {
        let next = rest.first ?? 0
        switch next {
        case "A": nodes.append(.assertion(.textStart))
        case "z": nodes.append(.assertion(.textEnd))
        case "b": nodes.append(.assertion(.wordBoundary))
        case "B": nodes.append(.assertion(.noWordBoundary))
        case "Q":
            rest.removeFirst()
            return quotedLiteral(into: &nodes)
        default:
            if let item = try namedItem() {
                nodes.append(.set(ScalarSet(items: [item])))
            } else {
                nodes.append(.scalar(try escapedScalar()))
            }
            return
        }
        rest.removeFirst()
    }

    /// Everything up to `\E` or the end, as it is.
    private mutating func quotedLiteral(into nodes: inout [RegexNode]) {
        while let next = rest.popFirst() {
            if next == "\\", rest.first == "E" {
                rest.removeFirst()
                return
            }
            nodes.append(.scalar(next))
        }
    }
}

// MARK: - Repetition

extension RegexParser {
    /// A `*`, `+`, `?` or `{n,m}` at this place, or nil; a `{` that starts no repetition stands for itself.
    private mutating func repetition() throws(RegexError) -> (least: Int, most: Int?)? {
        switch rest.first ?? 0 {
        case "*":
            rest.removeFirst()
            return (0, nil)
        case "+":
            rest.removeFirst()
            return (1, nil)
        case "?":
            rest.removeFirst()
            return (0, 1)
        case "{": return try counted()
        default: return nil
        }
    }

    private mutating func counted() throws(RegexError) -> (least: Int, most: Int?)? {
        let start = rest
        rest.removeFirst()
        guard let least = number() else { return giveBack(start) }
        var most: Int? = least
        if rest.first == "," {
            rest.removeFirst()
            most = nil
            if rest.first != UInt32(UInt8(ascii: "}")) {
                guard let bound = number() else { return giveBack(start) }
                most = bound
            }
        }
        guard rest.popFirst() == "}" else { return giveBack(start) }
        guard least <= 1000, most ?? 0 <= 1000, least <= most ?? least else {
            throw RegexError(reason: "a repetition's count is more than 1000 or upside down")
        }
        return (least, most)
    }

    private mutating func giveBack(_ start: ArraySlice<UInt32>) -> (least: Int, most: Int?)? {
        rest = start
        return nil
    }

    /// A decimal number without leading zeros; a huge one is clamped.
    private mutating func number() -> Int? {
        let digits = rest.prefix { (0x30...0x39).contains($0) }
        if digits.isEmpty || digits.count > 1 && digits.first == "0" { return nil }
        rest = rest.dropFirst(digits.count)
        return digits.reduce(0) { min($0 * 10 + Int($1) - 0x30, 1_000_000) }
    }
}

// MARK: - Sets and escapes

extension RegexParser {
    /// What follows a `[`, to its `]`.
    private mutating func set() throws(RegexError) -> ScalarSet {
        var set = ScalarSet()
        if rest.first == "^" {
            rest.removeFirst()
            set.isNegated = true
        }
        var isFirst = true
        while rest.first != UInt32(UInt8(ascii: "]")) || isFirst {
            isFirst = false
            if let item = try classItem() {
                set.items.append(item)
                continue
            }
            let low = try classScalar()
            var high = low
            if rest.first == "-", rest.count >= 2, rest.dropFirst().first != UInt32(UInt8(ascii: "]")) {
                rest.removeFirst()
                high = try classScalar()
            }
            guard low <= high else { throw RegexError(reason: "a range in \"[…]\" is upside down") }
            set.items.append(ScalarSet.Item(ranges: [low...high]))
        }
        rest.removeFirst()
        return set
    }

    /// A `[:name:]`, `\d` or `\p{…}` inside of a set.
    private mutating func classItem() throws(RegexError) -> ScalarSet.Item? {
        if rest.first == "\\" {
            let start = rest
            rest.removeFirst()
            if let item = try namedItem() { return item }
            rest = start
            return nil
        }
        guard rest.count > 2, rest.first == "[", rest.dropFirst().first == ":" else { return nil }
        var name = ""
        var tail = rest.dropFirst(2)
        while let next = tail.popFirst() {
            if next == ":", tail.first == "]" {
                guard let item = ScalarSet.item(named: name) else {
                    throw RegexError(reason: "there is no class \"[:\(name):]\"")
                }
                rest = tail.dropFirst()
                return item
            }
            name.unicodeScalars.append(Unicode.Scalar(next) ?? "\u{FFFD}")
        }
        return nil
    }

    private mutating func classScalar() throws(RegexError) -> UInt32 {
        guard let next = rest.popFirst() else { throw RegexError(reason: "a \"[\" has no \"]\"") }
        return next == "\\" ? try escapedScalar() : next
    }

    /// The set that `\d`, `\W`, `\pL` and the like mean, when one follows the `\`.
    private mutating func namedItem() throws(RegexError) -> ScalarSet.Item? {
        if let item = ScalarSet.item(ofLetter: rest.first) {
            rest.removeFirst()
            return item
        }
        guard rest.first == "p" || rest.first == "P" else { return nil }
        var isNegated = rest.popFirst() == "P"
        var name = rest.prefix(1)
        rest = rest.dropFirst()
        if name.first == "{" {
            name = rest.prefix { $0 != UInt32(UInt8(ascii: "}")) }
            guard name.count < rest.count else { throw RegexError(reason: "a \"\\p{\" has no \"}\"") }
            rest = rest.dropFirst(name.count + 1)
        }
        if name.first == "^" {
            isNegated.toggle()
            name = name.dropFirst()
        }
        let text = String(String.UnicodeScalarView(name.compactMap { Unicode.Scalar($0) }))
        guard var item = ScalarSet.item(ofCategory: text) else {
            throw RegexError(reason: "the Unicode class \"\(text)\" isn't known")
        }
        item.isNegated = isNegated
        return item
    }

    /// The scalar that an escape means, after its `\`.
    private mutating func escapedScalar() throws(RegexError) -> UInt32 {
        guard let next = rest.popFirst() else { throw RegexError(reason: "nothing follows the \"\\\" at its end") }
        switch next {
        case "a": return 7
        case "f": return 12
        case "n": return 10
        case "r": return 13
        case "t": return 9
        case "v": return 11
        case "x": return try hexadecimal()
        case "0": return octal(startingWith: next)
        case 0x31...0x37 where (0x30...0x37).contains(rest.first ?? 0): return octal(startingWith: next)
        default: break
        }
        let isWord = ScalarSet.item(ofLetter: UInt32(UInt8(ascii: "w")))?.ranges.contains { $0.contains(next) } ?? false
        guard next < 0x80, !isWord || next == "_" else {
            throw RegexError(reason: "a \"\\\" before a letter or digit, which has no meaning there")
        }
        return next
    }

    private mutating func octal(startingWith digit: UInt32) -> UInt32 {
        var value = digit - 0x30
        for _ in 0..<2 {
            guard let next = rest.first, (0x30...0x37).contains(next) else { break }
            value = value * 8 + next - 0x30
            rest.removeFirst()
        }
        return value
    }

    private mutating func hexadecimal() throws(RegexError) -> UInt32 {
        let hasBraces = rest.first == "{"
        if hasBraces { rest.removeFirst() }
        var value: UInt32 = 0
        var count = 0
        while hasBraces || count < 2, let digit = hexadecimalDigit(rest.first), value <= 0x10FFFF {
            value = value * 16 + digit
            count += 1
            rest.removeFirst()
        }
        let isClosed = !hasBraces || rest.popFirst() == "}"
        guard isClosed, count > 0, hasBraces || count == 2, value <= 0x10FFFF else {
            throw RegexError(reason: "a \"\\x\" without a hexadecimal number")
        }
        return value
    }

    private func hexadecimalDigit(_ scalar: UInt32?) -> UInt32? {
        switch scalar ?? 0 {
        case 0x30...0x39: (scalar ?? 0) - 0x30
        case 0x61...0x66, 0x41...0x46: (scalar ?? 0) & 0x1F + 9
        default: nil
        }
    }
}
