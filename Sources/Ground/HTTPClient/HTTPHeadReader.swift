/// The head of an answer: status line and headers.
package struct HTTPHead: Sendable, Hashable {
    /// The status code.
    package var status: Int
    /// The reason phrase, often empty.
    package var reason: String
    /// The minor version: 1 of HTTP/1.1.
    var minorVersion: Int
    /// The header fields.
    package var headers: HTTPHeaders
}

/// Why a head can't be read.
enum HTTPHeadError: Error, Hashable {
    /// The first bytes aren't HTTP/1's.
    case notHTTP
    /// The head is longer than the limit.
    case tooLarge
    /// It starts as HTTP and then breaks its rules.
    case malformed(String)
}

/// Reads the head of an HTTP/1.1 answer from bytes that come in any portions.
///
/// It is strict, because what follows the head is handed on as another protocol: lines must end with CR LF, folded
/// headers and control characters are errors, and not one byte after the blank line is consumed.
struct HTTPHeadReader {
    /// The longest head that is read, in bytes.
    static let limit = 16 << 10

    private enum State {
        case line, lineFeed, done
    }

    private var state = State.line
    private var line: [UInt8] = []
    private var total = 0
    private var head: HTTPHead?

    /// Takes bytes from the front; returns the head once it is complete, and leaves what follows it in `bytes`.
    mutating func consume(_ bytes: inout ArraySlice<UInt8>) throws(HTTPHeadError) -> HTTPHead? {
        while state != .done, let byte = bytes.popFirst() {
            total += 1
            guard total <= Self.limit else { throw .tooLarge }
            try take(byte)
        }
        return state == .done ? head : nil
    }

    /// Whether nothing came so far.
    var isEmpty: Bool { total == 0 }

    private mutating func take(_ byte: UInt8) throws(HTTPHeadError) {
        switch state {
        case .lineFeed:
            guard byte == 0x0A else { throw .malformed("a carriage return inside a line") }
            try endLine()
        case .line where byte == 0x0D:
            state = .lineFeed
        case .line:
            // Checked from the first bytes on, so that nobody waits for a peer that speaks another protocol.
            let prefix = "HTTP/1.".utf8
            if head == nil, line.count < prefix.count,
                byte != prefix[prefix.index(prefix.startIndex, offsetBy: line.count)]
            {
                throw .notHTTP
            }
            guard isFieldByte(byte) else {
                throw .malformed(byte == 0x0A ? "a line without CR" : "a control character")
            }
            line.append(byte)
        case .done:
            break
        }
    }

    private mutating func endLine() throws(HTTPHeadError) {
        defer { line.removeAll(keepingCapacity: true) }
        state = .line
        guard head != nil else {
            head = try Self.parseStatusLine(line)
            return
        }
        guard !line.isEmpty else {
            state = .done
            return
        }
        let field = try Self.parseField(line)
        head?.headers.append(field.name, field.value)
    }

    /// Reads `HTTP/1.1 200 OK`; the reason and the blank before it may be absent.
    private static func parseStatusLine(_ line: [UInt8]) throws(HTTPHeadError) -> HTTPHead {
        guard line.count >= 12, line.starts(with: "HTTP/1.".utf8) else { throw .notHTTP }
        let minor = line[7]
        let digits = line[9..<12]
        guard minor == 0x30 || minor == 0x31, line[8] == 0x20, digits.allSatisfy({ (0x30...0x39).contains($0) }),
            line.count == 12 || line[12] == 0x20
        else { throw .malformed("the status line") }
        let status = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        guard status >= 100 else { throw .malformed("the status code") }
        let reason = String(decoding: line.dropFirst(13), as: UTF8.self)
        return HTTPHead(status: status, reason: reason, minorVersion: Int(minor - 0x30), headers: HTTPHeaders())
    }

    /// Reads `Name: value`.
    private static func parseField(_ line: [UInt8]) throws(HTTPHeadError) -> HTTPHeaders.Field {
        guard let first = line.first, first != 0x20, first != 0x09 else { throw .malformed("a folded header") }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0, line[..<colon].allSatisfy(isTokenByte)
        else {
            throw .malformed("a header line without a name")
        }
        let name = String(decoding: line[..<colon], as: UTF8.self)
        let value = trimmed(String(decoding: line[(colon + 1)...], as: UTF8.self))
        return HTTPHeaders.Field(name: name, value: String(value))
    }
}
