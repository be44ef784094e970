import CaissonJSON
import CaissonText

extension HCLFunction {
    private static let str = Parameter("str", .string)

    /// Functions that write values as texts and read them.
    static let encodings: Group = [
        "base64encode": native("Encodes a string to a base64 sequence.", [str]) { call throws(HCLCallError) in
            .string(String(decoding: Base64.encode(Array(call.text(0).utf8)), as: UTF8.self))
        },
        "base64decode": native("Decodes a string containing a base64 sequence.", [str]) { call throws(HCLCallError) in
            guard let bytes = base64(call.text(0)) else {
                throw HCLCallError("failed to decode base64 data '\(call.text(0))'")
            }
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw HCLCallError("the result of decoding the the provided string is not valid UTF-8")
            }
            return .string(text)
        },
        "urlencode": native("Applies URL encoding to a given string.", [str]) { call throws(HCLCallError) in
            .string(urlEncoded(call.text(0)))
        },
        "jsonencode": native(
            "Returns a string containing a JSON representation of the given value.",
            [Parameter("val", .any, allowsNull: true)]
        ) { call throws(HCLCallError) in
            do throws(HCLConversionError) {
                return .string(try call.arguments[0].json)
            } catch {
                throw HCLCallError(error)
            }
        },
        "jsondecode": native(
            "Parses the given string as JSON and returns a value corresponding to what the JSON document describes.",
            [str]
        ) { call throws(HCLCallError) in
            try call.bound(values: call.text(0).utf8.count / 2)
            return try jsonDecoded(call.text(0))
        },
        "csvdecode": native(
            "Parses the given string as Comma Separated Values (as defined by RFC 4180) and returns a map of objects "
                + "representing the table of data, using the first row as a header row to define the object attributes.",
            [str]
        ) { call throws(HCLCallError) in
            try call.bound(values: call.text(0).utf8.count / 2)
            return try csvDecoded(call.text(0))
        },
    ]

    /// What Base64 means; ends of lines within it don't matter.
    static func base64(_ text: String) -> [UInt8]? {
        let bytes = text.utf8.filter { $0 != 0x0A && $0 != 0x0D }
        guard bytes.count % 4 == 0 else { return nil }
        return bytes.isEmpty ? [] : Base64.decode(String(decoding: bytes, as: UTF8.self))
    }

    private static func urlEncoded(_ text: String) -> String {
        var out: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: " "): out.append(UInt8(ascii: "+"))
            case _ where byte.isAlphanumeric, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "~"):
                out.append(byte)
            default:
                let hex = String(byte, radix: 16, uppercase: true)
                out += Array("%\(hex.utf8.count < 2 ? "0" : "")\(hex)".utf8)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static func jsonDecoded(_ text: String) throws(HCLCallError) -> HCLValue {
        let json: JSON
        do throws(JSONError) {
            json = try JSON(parsing: Array(text.utf8))
        } catch {
            throw HCLCallError(error.description)
        }
        do throws(HCLConversionError) {
            return try HCLValue(json: json)
        } catch {
            throw HCLCallError(error)
        }
    }

    private static func csvDecoded(_ text: String) throws(HCLCallError) -> HCLValue {
        var reader = CSVReader(text)
        guard let header = try reader.record() else { throw HCLCallError("missing header line") }
        var type: [String: HCLType] = [:]
        for name in header {
            guard type[name.composed] == nil else { throw HCLCallError("duplicate column name \(name.goQuoted)") }
            type[name.composed] = .string
        }
        var rows: [HCLValue] = []
        while let fields = try reader.record() {
            guard fields.count == header.count else {
                throw HCLCallError("CSV parse error on line \(reader.line): wrong number of fields")
            }
            rows.append(.object(Dictionary(uniqueKeysWithValues: zip(header, fields.map { .string($0) }))))
        }
        return .list(rows, of: .object(type))
    }
}

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

    /// The next record; nil at the end.
    ///
    /// Lines with nothing in them are skipped.
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
            guard byte != UInt8(ascii: "\"") else { throw failure("bare \" in non-quoted-field") }
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
