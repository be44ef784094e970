/// How the end of an answer's body is found.
enum HTTPBodyFraming: Hashable {
    case none
    case length(Int)
    case chunked
    case untilClose

    /// The framing that a head announces (RFC 9112, 6.3).
    init(of head: HTTPHead, method: String) throws(HTTPHeadError) {
        if method == "HEAD" || head.status < 200 || head.status == 204 || head.status == 304 {
            self = .none
            return
        }
        let encodings = head.headers.all("Transfer-Encoding")
        let lengths = Set(head.headers.all("Content-Length"))
        guard encodings.isEmpty || lengths.isEmpty else { throw .malformed("both a length and a transfer encoding") }
        if !encodings.isEmpty {
            guard encodings.count == 1, encodings[0].lowercased() == "chunked" else {
                throw .malformed("an unknown transfer encoding")
            }
            self = .chunked
            return
        }
        guard let length = lengths.first else {
            self = .untilClose
            return
        }
        guard lengths.count == 1, !length.isEmpty, length.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int(length)
        else { throw .malformed("the content length") }
        self = .length(number)
    }
}

/// Reads a body from bytes that come in any portions and keeps its first part.
struct HTTPBodyReader {
    private enum State: Hashable {
        case size, data(Int), dataEnd, trailer, plain(Int), untilClose, done
    }

    /// The most bytes kept; the rest is read and dropped.
    private let limit: Int
    private var state: State
    private var line: [UInt8] = []
    private var lines = 0
    /// What was kept.
    private(set) var body: [UInt8] = []
    /// How many bytes of the body came.
    private(set) var count = 0

    init(_ framing: HTTPBodyFraming, keeping limit: Int) {
        self.limit = limit
        state =
            switch framing {
            case .none, .length(0): .done
            case .length(let length): .plain(length)
            case .chunked: .size
            case .untilClose: .untilClose
            }
    }

    /// Whether the body is complete.
    var isDone: Bool { state == .done }

    /// Whether the peer may end the body by closing.
    var mayEndByClose: Bool { state == .untilClose }

    /// Takes the body's bytes from the front of what came; what follows the body's end stays.
    mutating func consume(_ bytes: inout ArraySlice<UInt8>) throws(HTTPHeadError) {
        while !bytes.isEmpty, state != .done {
            switch state {
            case .plain(let left):
                let taken = keep(&bytes, left)
                state = taken == left ? .done : .plain(left - taken)
            case .data(let left):
                let taken = keep(&bytes, left)
                state = taken == left ? .dataEnd : .data(left - taken)
            case .untilClose: _ = keep(&bytes, bytes.count)
            case .size, .dataEnd, .trailer:
                if let byte = bytes.popFirst() { try takeLineByte(byte) }
            case .done: break
            }
        }
    }

    private mutating func keep(_ bytes: inout ArraySlice<UInt8>, _ most: Int) -> Int {
        let taken = bytes.prefix(most)
        body += taken.prefix(limit - body.count)
        bytes = bytes.dropFirst(taken.count)
        count += taken.count
        return taken.count
    }

    private mutating func takeLineByte(_ byte: UInt8) throws(HTTPHeadError) {
        guard byte == 0x0A else {
            line.append(byte)
            guard line.count <= 1024 else { throw .malformed("a long line in a chunked body") }
            return
        }
        guard line.popLast() == 0x0D else { throw .malformed("a line without CR in a chunked body") }
        lines += 1
        try endLine()
        line.removeAll(keepingCapacity: true)
    }

    private mutating func endLine() throws(HTTPHeadError) {
        switch state {
        case .size:
            let digits = line.prefix { $0 != UInt8(ascii: ";") && $0 != 0x20 }
            guard !digits.isEmpty, digits.allSatisfy({ UInt8(ascii: "+") != $0 && UInt8(ascii: "-") != $0 }),
                let size = Int(String(decoding: digits, as: UTF8.self), radix: 16)
            else { throw .malformed("a chunk's size") }
            state = size == 0 ? .trailer : .data(size)
            lines = 0
        case .dataEnd:
            guard line.isEmpty else { throw .malformed("a chunk longer than its size") }
            state = .size
        case .trailer:
            guard lines <= 64 else { throw .malformed("too many trailers") }
            if line.isEmpty { state = .done }
        case .data, .plain, .untilClose, .done: break
        }
    }
}
