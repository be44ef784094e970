/// Reads shell text; see `ShellScript`.
struct ShellReader {
    /// The state while the commands of one list are read.
    struct Frame {
        /// What ends the list: `)`, or nothing.
        var terminator: UInt8?
        /// What came before the next command.
        var connector = ShellCommand.Connector.start
        /// How many `case` are open.
        var openCases = 0
        /// Whether a pattern of `case` comes next.
        var expectsPattern = false
        /// The compound commands that are open.
        var openCompounds = 0
        /// The number of the pipeline that the next command belongs to.
        var pipeline = 0
    }

    let bytes: [UInt8]
    var end: Int
    var index: Int
    var script = ShellScript()
    var depth = 0
    var substitutions = 0
    private var pipelines = 0
    private var pendingHeredocs: [(name: [UInt8], stripsTabs: Bool)] = []

    /// Deeper nesting is read as plain text, so that no input exhausts the stack.
    static let deepest = 60

    init(bytes: [UInt8], range: Range<Int>) {
        self.bytes = bytes
        let range = range.clamped(to: 0..<bytes.count)
        index = range.lowerBound
        end = range.upperBound
    }

    mutating func read() -> ShellScript {
        while index < end {
            readList(until: nil)
            // A bracket that closes nothing.
            if index < end { index += 1 }
        }
        script.commands.sort { $0.range.lowerBound < $1.range.lowerBound }
        return script
    }

    func peek(_ distance: Int = 0) -> UInt8? {
        index + distance < end ? bytes[index + distance] : nil
    }

    mutating func skipBlanks() {
        while index < end {
            if bytes[index] == 0x20 || bytes[index] == 0x09 || bytes[index] == 0x0D {
                index += 1
            } else if bytes[index] == UInt8(ascii: "\\"), peek(1) == 0x0A {
                index += 2
            } else {
                return
            }
        }
    }

    // MARK: Lists

    /// Reads commands up to the terminator, which is consumed.
    mutating func readList(until terminator: UInt8?) {
        var frame = Frame(terminator: terminator, pipeline: nextPipeline())
        while true {
            skipBlanks()
            guard index < end else {
                if terminator != nil { script.isIncomplete = true }
                return
            }
            if frame.expectsPattern {
                readPattern(&frame)
            } else if bytes[index] == UInt8(ascii: ")") {
                if terminator != nil { index += 1 }
                return
            } else if !readConnector(&frame) {
                readItem(&frame)
            }
        }
    }

    private mutating func nextPipeline() -> Int {
        pipelines += 1
        return pipelines
    }

    private mutating func readConnector(_ frame: inout Frame) -> Bool {
        let isDouble = peek(1) == bytes[index]
        switch bytes[index] {
        case 0x0A:
            index += 1
            skipHeredocBodies()
            frame.connector = .newline
        case UInt8(ascii: ";"):
            index += isDouble ? 2 : 1
            if isDouble, frame.openCases > 0 { frame.expectsPattern = true }
            frame.connector = .semicolon
        case UInt8(ascii: "&"):
            if peek(1) == UInt8(ascii: ">") { return false }
            index += isDouble ? 2 : 1
            frame.connector = isDouble ? .and : .background
        case UInt8(ascii: "|"):
            guard isDouble else {
                let length = peek(1) == UInt8(ascii: "&") ? 2 : 1
                script.pipes.append(index..<(index + length))
                index += length
                frame.connector = .pipe
                return true
            }
            index += 2
            frame.connector = .or
        case UInt8(ascii: "#"):
            while index < end, bytes[index] != 0x0A { index += 1 }
            return true
        default:
            return false
        }
        frame.pipeline = nextPipeline()
        return true
    }

    private mutating func readItem(_ frame: inout Frame) {
        if bytes[index] == UInt8(ascii: "(") {
            count(&frame)
            if peek(1) == UInt8(ascii: "(") {
                skipArithmetic()
            } else {
                index += 1
                nested { $0.readList(until: UInt8(ascii: ")")) }
            }
            frame.connector = .start
        } else {
            readCommand(&frame)
        }
    }

    /// Whether a command here counts as one at the top of the script.
    func isTop(_ frame: Frame) -> Bool { depth == 0 && frame.openCompounds == 0 }

    private mutating func count(_ frame: inout Frame) {
        if isTop(frame) { script.topLevelCount += 1 }
    }

    /// Reads something one level deeper; if that is too deep, passes over the rest.
    mutating func nested(isSubstitution: Bool = false, _ body: (inout ShellReader) -> Void) {
        guard depth < Self.deepest else {
            index = end
            script.isIncomplete = true
            return
        }
        depth += 1
        substitutions += isSubstitution ? 1 : 0
        body(&self)
        depth -= 1
        substitutions -= isSubstitution ? 1 : 0
    }

    /// `((…))`, from the first bracket on.
    mutating func skipArithmetic() {
        var open = 0
        while index < end {
            if bytes[index] == UInt8(ascii: "(") { open += 1 }
            if bytes[index] == UInt8(ascii: ")") { open -= 1 }
            index += 1
            if open == 0 { return }
        }
        script.isIncomplete = true
    }

    // MARK: case

    /// A pattern of `case` up to its `)`, or `esac`.
    private mutating func readPattern(_ frame: inout Frame) {
        skipLines()
        guard index < end else { return }
        let start = index
        if bytes[index] == UInt8(ascii: "(") { index += 1 }
        skipBlanks()
        let word = readWord()
        if word?.text == "esac", word?.isQuoted == false {
            frame.openCases -= 1
            frame.openCompounds -= 1
            frame.expectsPattern = false
            frame.connector = .start
            return
        }
        while index < end, bytes[index] != UInt8(ascii: ")"), bytes[index] != 0x0A {
            skipBlanks()
            if peek() == UInt8(ascii: "|") { index += 1 } else if readWord() == nil { break }
        }
        if peek() == UInt8(ascii: ")") { index += 1 }
        if index == start { index += 1 }
        frame.expectsPattern = false
        frame.connector = .start
    }

    mutating func skipLines() {
        while index < end {
            skipBlanks()
            if peek() == 0x0A {
                index += 1
            } else if peek() == UInt8(ascii: "#") {
                while index < end, bytes[index] != 0x0A { index += 1 }
            } else {
                return
            }
        }
    }

    // MARK: Heredocs

    mutating func addHeredoc(_ name: String, stripsTabs: Bool) {
        pendingHeredocs.append((Array(name.utf8), stripsTabs))
    }

    /// Passes over the lines of the heredocs that the line before announced.
    private mutating func skipHeredocBodies() {
        for heredoc in pendingHeredocs {
            while index < end {
                var lineEnd = index
                while lineEnd < end, bytes[lineEnd] != 0x0A { lineEnd += 1 }
                var start = index
                while heredoc.stripsTabs, start < lineEnd, bytes[start] == 0x09 { start += 1 }
                index = min(lineEnd + 1, end)
                if bytes[start..<lineEnd].elementsEqual(heredoc.name) { break }
            }
        }
        pendingHeredocs = []
    }
}
