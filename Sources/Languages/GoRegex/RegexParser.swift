/// Reads regular expressions with the syntax and the errors of Go's `regexp`, which is RE2's.
///
/// Groups that are open are kept in a list, so that no depth of them makes a deep recursion.
struct RegexParser {
    /// What the letters of `(?imsU)` say.
    struct Flags {
        var foldsCase = false
        var hasLines = false
        var dotMatchesLineBreak = false
        var isLazy = false
    }

    /// A group that isn't closed yet, or the whole.
    struct Frame {
        /// The group's number; nil where it has none.
        var number: Int?
        /// The flags outside of it.
        var outerFlags = Flags()
        /// The alternatives that are complete.
        var choices: [Int] = []
        /// The parts of the alternative that is being read.
        var nodes: [Int] = []
    }

    /// The deepest nesting, Go's.
    static let deepest = 1000
    /// The most steps that a program may have.
    static let longest = 100_000

    let text: [UInt32]
    var place = 0
    var flags = Flags()
    var frame = Frame()
    var tree = RegexTree()
    private var outerFrames: [Frame] = []
    /// Where the repetition begins that was just read.
    private var lastRepetition: Int?

    /// Reads a whole regular expression.
    static func parse(_ text: [UInt32]) throws(RegexError) -> RegexTree {
        var parser = RegexParser(text: text)
        while let next = parser.peek() { try parser.readPart(next) }
        guard parser.outerFrames.isEmpty else {
            throw RegexError(.missingParenthesis, text, "missing closing \")\"")
        }
        try parser.endAlternative()
        let whole = parser.tree.add(choice: parser.frame.choices)
        _ = try parser.checked(whole)
        _ = parser.tree.add(group: 0, around: whole)
        return parser.tree
    }

    private init(text: [UInt32]) { self.text = text }

    private mutating func readPart(_ next: UInt32) throws(RegexError) {
        let previous = lastRepetition
        lastRepetition = nil
        switch next {
        case "(": try open()
        case ")": try close()
        case "|":
            place += 1
            try endAlternative()
        case "*", "+", "?", "{":
            if try !repetition(after: previous) { literal(next) }
        case "[": try add(.set(set()))
        case "\\": try escape()
        case "^": try addNext(.assertion(flags.hasLines ? .lineStart : .textStart))
        case "$": try addNext(.assertion(flags.hasLines ? .lineEnd : .textEnd))
        case ".": try addNext(.any(matchesLineBreak: flags.dotMatchesLineBreak))
        default: literal(next)
        }
    }

    // MARK: Adding parts

    /// Adds a part that was read already.
    mutating func add(_ kind: RegexTree.Kind) throws(RegexError) { frame.nodes.append(tree.add(leaf: kind)) }

    /// Adds what one scalar means.
    private mutating func addNext(_ kind: RegexTree.Kind) throws(RegexError) {
        place += 1
        try add(kind)
    }

    /// Adds the scalar at this place as itself.
    private mutating func literal(_ scalar: UInt32) {
        place += 1
        addLiteral(scalar)
    }

    /// Adds a scalar as itself, in any case where that was asked for.
    mutating func addLiteral(_ scalar: UInt32) {
        let isFolded = flags.foldsCase && CaseFolding.hasForms(scalar)
        frame.nodes.append(tree.add(leaf: isFolded ? .folded(CaseFolding.folded(scalar)) : .scalar(scalar)))
    }

    private mutating func endAlternative() throws(RegexError) {
        let alternative = tree.add(sequence: frame.nodes)
        frame.choices.append(try checked(alternative))
        frame.nodes = []
    }

    /// A part that isn't too large or too deep.
    private func checked(_ part: Int) throws(RegexError) -> Int {
        guard tree.nodes[part].height <= Self.deepest else {
            throw RegexError(.nestingDepth, text, "its groups are nested too deeply")
        }
        guard tree.nodes[part].size <= Self.longest else {
            throw RegexError(.tooLarge, text, "its repetitions are too many")
        }
        return part
    }

    // MARK: Looking ahead

    /// The scalar at this place, or further on.
    func peek(_ offset: Int = 0) -> UInt32? { place + offset < text.count ? text[place + offset] : nil }

    /// Takes a scalar.
    mutating func next() -> UInt32? {
        guard let next = peek() else { return nil }
        place += 1
        return next
    }
}

// MARK: - Groups

extension RegexParser {
    private mutating func open() throws(RegexError) {
        guard peek(1) == "?" else {
            place += 1
            return enter(name: nil)
        }
        let isShort = peek(2) == "<"
        guard isShort || peek(2) == "P" && peek(3) == "<" else { return try openWithFlags() }
        let start = place + (isShort ? 3 : 4)
        guard start < text.count, let end = text[start...].firstIndex(of: UInt32(UInt8(ascii: ">"))) else {
            throw RegexError(.invalidNamedCapture, text[place...], "a group's name has no end")
        }
        let name = text[start..<end]
        guard !name.isEmpty, name.allSatisfy(ScalarSet.isWord) else {
            throw RegexError(.invalidNamedCapture, text[place...end], "a group's name isn't letters, digits and _")
        }
        place = end + 1
        enter(name: String(String.UnicodeScalarView(name.compactMap { Unicode.Scalar($0) })))
    }

    /// `(?flags)`, `(?flags:…)`; the flags end with the group that they are in.
    private mutating func openWithFlags() throws(RegexError) {
        let start = place
        place += 2
        var flags = flags
        var (isNegative, hasFlag) = (false, false)
        while let next = next() {
            switch next {
            case "i": flags.foldsCase = !isNegative
            case "m": flags.hasLines = !isNegative
            case "s": flags.dotMatchesLineBreak = !isNegative
            case "U": flags.isLazy = !isNegative
            case "-" where !isNegative:
                (isNegative, hasFlag) = (true, false)
                continue
            case ":" where !isNegative || hasFlag:
                outerFrames.append(frame)
                frame = Frame(outerFlags: self.flags)
                self.flags = flags
                return
            case ")" where !isNegative || hasFlag:
                self.flags = flags
                return
            default: throw unknownGroup(start)
            }
            hasFlag = true
        }
        throw unknownGroup(start)
    }

    private func unknownGroup(_ start: Int) -> RegexError {
        RegexError(.invalidPerlOperator, text[start..<place], "a \"(?\" that begins nothing known")
    }

    private mutating func enter(name: String?) {
        outerFrames.append(frame)
        frame = Frame(number: tree.names.count, outerFlags: flags)
        tree.names.append(name)
    }

    private mutating func close() throws(RegexError) {
        guard var outer = outerFrames.popLast() else {
            throw RegexError(.unexpectedParenthesis, text, "unexpected \")\"")
        }
        place += 1
        try endAlternative()
        var part = tree.add(choice: frame.choices)
        if let number = frame.number { part = tree.add(group: number, around: part) }
        outer.nodes.append(try checked(part))
        flags = frame.outerFlags
        frame = outer
    }
}

// MARK: - Repetition

extension RegexParser {
    private typealias Times = (least: Int, most: Int?)

    /// Takes a `*`, `+`, `?` or `{n,m}`; false where a `{` starts no repetition and stands for itself.
    private mutating func repetition(after previous: Int?) throws(RegexError) -> Bool {
        let start = place
        guard let times = try times() else { return false }
        var isGreedy = !flags.isLazy
        if peek() == "?" {
            place += 1
            isGreedy.toggle()
        }
        if let previous {
            throw RegexError(.invalidRepeatOperator, text[previous..<place], "a repetition of a repetition")
        }
        guard let part = frame.nodes.popLast() else {
            let sign = Unicode.Scalar(text[start]).map(String.init) ?? ""
            throw RegexError(.missingRepeatArgument, text[start..<place], "nothing to repeat before a \"\(sign)\"")
        }
        let whole = tree.add(repetition: part, least: times.least, most: times.most, isGreedy: isGreedy)
        if text[start] == "{" {
            let factor = times.most ?? times.least
            let repeats = factor == 0 ? 1 : tree.nodes[part].repeats * factor
            guard repeats <= 1000 || max(times.least, times.most ?? 0) < 2 else { throw wrongCount(start) }
            tree.setRepeats(repeats, of: whole)
        }
        frame.nodes.append(try checked(whole))
        lastRepetition = start
        return true
    }

    private mutating func times() throws(RegexError) -> Times? {
        guard let sign = peek(), sign != "{" else { return try counted() }
        place += 1
        return sign == "*" ? (0, nil) : sign == "+" ? (1, nil) : (0, 1)
    }

    private mutating func counted() throws(RegexError) -> Times? {
        let start = place
        place += 1
        guard let least = number() else { return giveBack(start) }
        var most: Int? = least
        if peek() == "," {
            place += 1
            most = nil
            if peek() != "}" {
                guard let bound = number() else { return giveBack(start) }
                most = bound
            }
        }
        guard next() == "}" else { return giveBack(start) }
        guard least <= 1000, most ?? 0 <= 1000, least <= most ?? least else { throw wrongCount(start) }
        return (least, most)
    }

    private func wrongCount(_ start: Int) -> RegexError {
        RegexError(
            .invalidRepeatSize,
            text[start..<place],
            "a repetition's count is more than 1000 or upside down"
        )
    }

    private mutating func giveBack(_ start: Int) -> Times? {
        place = start
        return nil
    }

    /// A decimal number without leading zeros; a huge one is clamped.
    private mutating func number() -> Int? {
        let digits = text[place...].prefix { (0x30...0x39).contains($0) }
        if digits.isEmpty || digits.count > 1 && digits.first == "0" { return nil }
        place += digits.count
        return digits.reduce(0) { min($0 * 10 + Int($1) - 0x30, 1_000_000) }
    }
}
