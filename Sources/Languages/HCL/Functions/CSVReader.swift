/// Reads comma separated values as RFC 4180 and Go's `encoding/csv` have them.
struct CSVReader {
    private let bytes: [UInt8]
    private var next = 0
    private var nextLine = 1
    /// The line on which the record that was read last begins, from 1.
    private(set) var line = 1

    init(_ text: String) { bytes = Array(text.utf8) }

    private var peek: UInt8? { next < bytes.count ? bytes[next] : nil }

    /// The length of the line end here: 0 where none is.
    private var lineEnd: Int {
        guard next < bytes.count else { return 0 }
        if bytes[next] == 0x0A { return 1 }
        let isCarriage = bytes[next] == 0x0D
        return isCarriage && (next + 1 == bytes.count || bytes[next + 1] == 0x0A) ? min(2, bytes.count - next) : 0
    }

    /// The next record; nil at the end. Lines with nothing in them are skipped.
    mutating func record() throws(HCLCallError) -> [String]? {
        while lineEnd > 0 { endLine() }
        guard peek != nil else { return nil }
        line = nextLine
        var fields: [String] = []
        while true {
            fields.append(peek == UInt8(ascii: "\"") ? try quoted() : try plain())
            if peek == UInt8(ascii: ",") {
                next += 1
                continue
            }
            if lineEnd > 0 { endLine() }
            return fields
        }
    }

    private mutating func endLine() {
        next += lineEnd
        nextLine += 1
    }

    private func failure(_ reason: String) -> HCLCallError {
        HCLCallError("CSV parse error on line \(nextLine): \(reason)")
    }

    private mutating func plain() throws(HCLCallError) -> String {
        let start = next
        while let byte = peek, byte != UInt8(ascii: ","), lineEnd == 0 {
            guard byte != UInt8(ascii: "\"") else { throw failure("bare \" in non-quoted field") }
            next += 1
        }
        return String(decoding: bytes[start..<next], as: UTF8.self)
    }

    private mutating func quoted() throws(HCLCallError) -> String {
        next += 1
        var out: [UInt8] = []
        while let byte = peek {
            if byte != UInt8(ascii: "\"") {
                if lineEnd > 0 {
                    out.append(0x0A)
                    endLine()
                } else {
                    out.append(byte)
                    next += 1
                }
                continue
            }
            next += 1
            if peek == UInt8(ascii: "\"") {
                out.append(UInt8(ascii: "\""))
                next += 1
            } else if peek == nil || peek == UInt8(ascii: ",") || lineEnd > 0 {
                return String(decoding: out, as: UTF8.self)
            } else {
                break
            }
        }
        throw failure("extraneous or missing \" in quoted-field")
    }
}
