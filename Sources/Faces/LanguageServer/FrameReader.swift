import CaissonText

/// Takes messages out of a stream of bytes: headers, an empty line, and as many bytes as `Content-Length` says.
///
/// What is no message is told and passed over; reading goes on at the next `Content-Length:`. Memory is bounded by the
/// largest message.
struct FrameReader {
    /// What came out of the stream.
    enum Event: Equatable {
        /// A message's bytes.
        case message([UInt8])
        /// A message that is too large was passed over: how many bytes it has, and the first of them.
        case tooLarge(size: Int, head: [UInt8])
        /// Headers that make no sense, with the reason.
        case broken(String)
    }

    private enum State {
        case headers
        case body(size: Int)
        /// Within a message that is passed over.
        case passing(size: Int, left: Int, head: [UInt8])
        /// After headers that made no sense.
        case searching
    }

    /// The largest message that is read.
    static let largest = 16 << 20
    /// How much is kept of a message that is passed over.
    static let keptHead = 4096
    private static let longestHeaders = 8 << 10
    /// A longer message is taken for a mistake, and not waited for.
    private static let longestPassed = 1 << 32
    private static let mark = Array("content-length:".utf8)

    private var state = State.headers
    private var buffer: [UInt8] = []
    private var start = 0

    /// Whether everything that came is used up, so that the stream may end here.
    var isBetweenMessages: Bool {
        switch state {
        case .headers, .searching: start == buffer.count
        case .body, .passing: false
        }
    }

    /// Takes the next bytes of the stream.
    mutating func receive(_ bytes: [UInt8]) -> [Event] {
        buffer += bytes
        var events: [Event] = []
        while let event = next() { events.append(event) }
        buffer.removeFirst(start)
        start = 0
        return events
    }

    /// The next event, or nil when more bytes are needed for one.
    private mutating func next() -> Event? {
        while true {
            switch state {
            case .headers:
                guard let end = endOfHeaders() else { return areTooLong ? passLongHeaders() : nil }
                if let event = read(headersUpTo: end) { return event }
            case .body(let size):
                guard buffer.count - start >= size else { return nil }
                defer { advance(to: start + size, .headers) }
                return .message(Array(buffer[start..<(start + size)]))
            case .passing(let size, let left, let head):
                let piece = buffer[start...].prefix(left)
                let kept = head + piece.prefix(Self.keptHead - head.count)
                guard piece.count < left else {
                    advance(to: start + left, .headers)
                    return .tooLarge(size: size, head: kept)
                }
                advance(to: buffer.count, .passing(size: size, left: left - piece.count, head: kept))
                return nil
            case .searching:
                guard search() else { return nil }
            }
        }
    }

    private mutating func advance(to offset: Int, _ state: State) {
        start = offset
        self.state = state
    }

    // MARK: Headers

    /// Where the headers with their empty line end.
    private func endOfHeaders() -> Int? {
        var lineStart = start
        for index in start..<min(buffer.count, start + Self.longestHeaders) where buffer[index] == UInt8(ascii: "\n") {
            let line = buffer[lineStart..<index]
            if line.isEmpty || line.elementsEqual([UInt8(ascii: "\r")]) { return index + 1 }
            lineStart = index + 1
        }
        return nil
    }

    private var areTooLong: Bool { buffer.count - start >= Self.longestHeaders }

    private mutating func passLongHeaders() -> Event {
        advance(to: start + Self.longestHeaders, .searching)
        return .broken("a message's headers may have \(Self.longestHeaders) bytes at most")
    }

    /// Reads the headers and goes on to what they tell of; an event where they make no sense.
    private mutating func read(headersUpTo end: Int) -> Event? {
        var size: Int?
        for line in buffer[start..<end].split(separator: UInt8(ascii: "\n")) {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            let name = line[...colon].map { $0.isUppercase ? $0 | 0x20 : $0 }
            guard name == Self.mark else { continue }
            guard let told = Self.number(line[(colon + 1)...]) else {
                advance(to: end, .searching)
                return .broken("Content-Length must be a number of bytes")
            }
            guard size == nil || size == told else {
                advance(to: end, .searching)
                return .broken("two headers Content-Length contradict each other")
            }
            size = told
        }
        guard let size else {
            advance(to: end, .searching)
            return .broken("a message must begin with the header Content-Length and an empty line")
        }
        advance(to: end, size <= Self.largest ? .body(size: size) : .passing(size: size, left: size, head: []))
        return nil
    }

    /// A number of digits with blanks around it, no larger than what is waited for.
    private static func number(_ bytes: ArraySlice<UInt8>) -> Int? {
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
        let digits = bytes.drop(while: isBlank).prefix { !isBlank($0) }
        guard bytes[digits.endIndex...].allSatisfy(isBlank), digits.allSatisfy(\.isDigit), digits.count < 16,
            let value = Int(String(decoding: digits, as: UTF8.self)), value <= longestPassed
        else { return nil }
        return value
    }

    /// Goes on to the next `Content-Length:`; false where there is none yet.
    private mutating func search() -> Bool {
        let last = buffer.count - Self.mark.count
        var index = start
        while index <= last {
            if buffer[index] | 0x20 == Self.mark[0], isMark(at: index) {
                advance(to: index, .headers)
                return true
            }
            index += 1
        }
        start = max(start, last + 1)
        return false
    }

    private func isMark(at index: Int) -> Bool {
        buffer[index...].prefix(Self.mark.count).map { $0.isUppercase ? $0 | 0x20 : $0 } == Self.mark
    }
}
