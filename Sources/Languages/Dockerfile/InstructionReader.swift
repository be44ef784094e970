/// Reads one instruction from its joined text.
struct InstructionReader {
    let text: LogicalText
    let escape: UInt8
    /// Whether `# syntax=` names a front end, which may know more than the one in the engine.
    var hasOwnFrontEnd = false
    var problems: [ParseProblem] = []
    private let bytes: [UInt8]
    private let end: Int

    /// ONBUILD takes one instruction; BuildKit doesn't know deeper nesting.
    private static let deepest = 4

    init(text: LogicalText, escape: UInt8) {
        self.text = text
        self.escape = escape
        bytes = text.bytes
        var end = bytes.count
        while end > 0 {
            let length = Spaces.length(before: end, from: 0, in: bytes)
            if length == 0 { break }
            end -= length
        }
        self.end = end
    }

    /// The instruction; nil if the lines are empty.
    mutating func read() -> Instruction? {
        let start = afterSpaces(0)
        return start < end ? read(at: start, depth: 0) : nil
    }

    /// What BuildKit refuses in an instruction after ONBUILD once a stage begins with its stage.
    static func problems(of trigger: Instruction) -> [ParseProblem] {
        // It is read again by its own, without the directives of its file.
        var reader = InstructionReader(text: trigger.text, escape: UInt8(ascii: "\\"))
        _ = reader.read(at: trigger.name.range.lowerBound, depth: 0)
        return reader.problems
    }

    private func afterSpaces(_ start: Int) -> Int {
        var index = start
        while index < end {
            let length = Spaces.length(at: index, in: bytes)
            if length == 0 { break }
            index += length
        }
        return min(index, end)
    }

    private func word(_ range: Range<Int>) -> Word {
        Word(text: text.text(range), range: range, span: text.source(of: range))
    }

    private mutating func complain(_ message: String, _ range: Range<Int>) {
        problems.append(ParseProblem(message: message, span: text.source(of: range)))
    }

    private mutating func read(at start: Int, depth: Int) -> Instruction {
        var index = start
        while index < end, !Ascii.isSpace(bytes[index]) { index += 1 }
        let name = word(start..<index)
        let keyword = Keyword(rawValue: name.text.uppercased())
        var instruction = Instruction(
            keyword: keyword,
            name: name,
            span: text.source(of: start..<end),
            line: 0,
            lastLine: 0,
            rest: index..<index,
            text: text
        )
        let rest = keyword == nil ? afterSpaces(index) : flags(from: index, into: &instruction)
        instruction.rest = min(rest, end)..<end
        guard let keyword else {
            // After ONBUILD it matters to the stages that begin with this one.
            if depth == 0 { complain(Self.unknownInstruction(name.text), name.range) }
            return instruction
        }
        readArguments(of: keyword, into: &instruction, depth: depth)
        return instruction
    }

    // MARK: Flags

    private mutating func flags(from start: Int, into instruction: inout Instruction) -> Int {
        var index = start
        while true {
            index = afterSpaces(index)
            guard index + 1 < end, bytes[index] == 0x2D, bytes[index + 1] == 0x2D else { return index }
            let flagStart = index
            var value: [UInt8] = []
            index = flagWord(from: index, into: &value)
            if value == [0x2D, 0x2D] { return afterSpaces(index) }
            instruction.flags.append(flag(value, flagStart..<index))
        }
    }

    private func flagWord(from start: Int, into value: inout [UInt8]) -> Int {
        var index = start
        var quote: UInt8 = 0
        while index < end {
            let byte = bytes[index]
            // BuildKit looks at bytes here, so that some within other characters are blanks.
            if quote == 0, Ascii.isSpace(byte) || byte == 0x85 || byte == 0xA0 { break }
            if byte == escape {
                index += 1
                if index < end { value.append(bytes[index]) }
            } else if quote == 0, byte == 0x22 || byte == 0x27 {
                quote = byte
            } else if quote != 0, byte == quote {
                quote = 0
            } else {
                value.append(byte)
            }
            index += 1
        }
        return min(index, end)
    }

    private func flag(_ value: [UInt8], _ range: Range<Int>) -> Flag {
        let parts = value.dropFirst(2).split(separator: 0x3D, maxSplits: 1, omittingEmptySubsequences: false)
        let name = parts.first.map { String(decoding: $0, as: UTF8.self) } ?? ""
        let valueStart = bytes[range].firstIndex(of: 0x3D).map { $0 + 1 } ?? range.upperBound
        return Flag(
            name: name,
            value: parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : nil,
            span: text.source(of: range),
            valueSpan: text.source(of: valueStart..<range.upperBound)
        )
    }

    // MARK: Arguments

    private mutating func readArguments(of keyword: Keyword, into instruction: inout Instruction, depth: Int) {
        let rest = instruction.rest
        switch keyword {
        case .onbuild:
            if !rest.isEmpty, depth < Self.deepest {
                instruction.triggers = [read(at: rest.lowerBound, depth: depth + 1)]
            }
            if let trigger = instruction.triggers.first { instruction.heredocs = trigger.heredocs }
        case .run, .cmd, .entrypoint, .shell:
            instruction.arguments = jsonOrText(rest)
        case .add, .copy, .volume:
            instruction.arguments = json(rest).map { .json($0) } ?? .words(splitWords(rest))
        case .from, .expose:
            instruction.arguments = .words(splitWords(rest))
        case .healthcheck:
            readHealthcheck(into: &instruction)
        case .env, .label:
            readPairs(into: &instruction)
        case .arg:
            instruction.arguments = .pairs(quotedWords(rest).map(pair))
        case .maintainer, .stopsignal, .user, .workdir:
            instruction.arguments = .words(rest.isEmpty ? [] : [word(rest)])
        }
        if [.run, .copy, .add].contains(keyword), !instruction.isJSON {
            instruction.heredocs = HeredocReader(text: text, end: end).read(from: rest.lowerBound)
        }
        // What stands after ONBUILD is only split into words; stages that begin with this one check it.
        if depth == 0 { check(keyword, instruction) }
    }

    private mutating func jsonOrText(_ range: Range<Int>) -> Arguments {
        if range.isEmpty { return .none }
        return json(range).map { .json($0) } ?? .words([word(range)])
    }

    private func splitWords(_ range: Range<Int>) -> [Word] {
        var words: [Word] = []
        var index = range.lowerBound
        while index < range.upperBound {
            let start = index
            while index < range.upperBound, !Ascii.isSpace(bytes[index]) { index += 1 }
            if start < index { words.append(word(start..<index)) }
            while index < range.upperBound, Ascii.isSpace(bytes[index]) { index += 1 }
        }
        return words
    }

    /// Splits into words; quotes and the escape make white space a part of a word.
    private func quotedWords(_ range: Range<Int>) -> [Word] {
        var words: [Word] = []
        var index = range.lowerBound
        while index < range.upperBound {
            let blank = Spaces.length(at: index, in: bytes)
            if blank > 0 {
                index += blank
                continue
            }
            let start = index
            var quote: UInt8 = 0
            while index < range.upperBound, quote != 0 || Spaces.length(at: index, in: bytes) == 0 {
                let byte = bytes[index]
                if byte == escape, quote != 0x27 {
                    index += 1
                } else if quote == 0, byte == 0x22 || byte == 0x27 {
                    quote = byte
                } else if quote != 0, byte == quote {
                    quote = 0
                }
                index += 1
            }
            index = min(index, range.upperBound)
            words.append(word(start..<index))
        }
        return words
    }

    private func pair(_ whole: Word) -> Pair {
        guard let equals = bytes[whole.range].firstIndex(of: 0x3D) else {
            return Pair(key: whole, value: nil, span: whole.span)
        }
        return Pair(
            key: word(whole.range.lowerBound..<equals),
            value: word((equals + 1)..<whole.range.upperBound),
            span: whole.span
        )
    }

    private mutating func readPairs(into instruction: inout Instruction) {
        let words = quotedWords(instruction.rest)
        guard let first = words.first else { return }
        if !first.text.utf8.contains(0x3D) {
            let split = splitWords(instruction.rest)
            guard split.count > 1 else {
                complain("\(instruction.name.text.uppercased()) must have two arguments: \(first.text)=…", first.range)
                return
            }
            let value = word(split[1].range.lowerBound..<instruction.rest.upperBound)
            let span = text.source(of: instruction.rest)
            instruction.arguments = .pairs([Pair(key: split[0], value: value, isLegacy: true, span: span)])
            return
        }
        for word in words where !word.text.utf8.contains(0x3D) {
            complain("can't find = in \(quoted(word.text)): it must be of the form name=value", word.range)
        }
        instruction.arguments = .pairs(words.filter { $0.text.utf8.contains(0x3D) }.map(pair))
    }

    /// The type ends at the first blank, and what follows is its command.
    private mutating func readHealthcheck(into instruction: inout Instruction) {
        guard let kind = splitWords(instruction.rest).first else { return }
        instruction.healthcheckKind = kind
        let rest = afterSpaces(kind.range.upperBound)..<end
        instruction.arguments = jsonOrText(rest)
        instruction.rest = rest
    }

    /// A JSON list of strings; nil if the text isn't one.
    private mutating func json(_ range: Range<Int>) -> [Word]? {
        guard range.lowerBound < range.upperBound, bytes[range.lowerBound] == 0x5B else { return nil }
        var reader = JSONListReader(bytes: bytes, range: range)
        switch reader.read() {
        case .text: return nil
        case .strings(let strings):
            return strings.map { Word(text: $0.text, range: $0.range, span: text.source(of: $0.range)) }
        case .others:
            complain("when using JSON array syntax, arrays must be comprised of strings only", range)
            return nil
        }
    }
}
