import CaissonText

/// Where the keys and items of a TOML text stand, as the library tells places of errors only.
///
/// What it doesn't understand ends the index; of the rest the library decides whether it is TOML.
struct TOMLScanner {
    /// The text isn't understood from here on.
    private struct Lost: Error {}

    private let bytes: [UInt8]
    private let limits: TOMLLimits
    private var next = 0
    private var line = 1
    /// A byte of the line, from which on columns are counted, and its column.
    private var counted = (byte: 0, column: 1)
    private var result = TOMLIndex()

    init(_ bytes: [UInt8], _ limits: TOMLLimits) {
        self.bytes = bytes
        self.limits = limits
        guard bytes.starts(with: [0xEF, 0xBB, 0xBF]) else { return }
        next = 3
        counted.byte = 3
    }

    /// Goes through the text.
    mutating func index() throws(TOMLError) -> TOMLIndex {
        var table = TOMLIndex.root
        do {
            while true {
                skip(blanksAndLines: true)
                guard let byte = peek else { return result }
                if byte == UInt8(ascii: "[") {
                    table = try header()
                } else {
                    try entry(below: table)
                }
            }
        } catch let error as TOMLError {
            throw error
        } catch {
            result.end = next
            return result
        }
    }

    // MARK: Tables and entries

    private mutating func header() throws -> Int {
        let place = place()
        next += 1
        let isItem = take("[")
        var node = TOMLIndex.root
        let names = try keys()
        for (number, name) in names.enumerated() {
            node = try note(.key(name.text), below: node, name.place)
            if !isItem || number < names.count - 1 { node = result.lastItem(of: node) ?? node }
        }
        guard take("]"), !isItem || take("]") else { throw Lost() }
        guard isItem else { return node }
        return try note(.item(result.addItem(to: node)), below: node, place)
    }

    /// Reads `a.b = value`.
    private mutating func entry(below table: Int) throws {
        var node = table
        for name in try keys() { node = try note(.key(name.text), below: node, name.place) }
        guard take("=") else { throw Lost() }
        try value(node)
    }

    private mutating func value(_ node: Int) throws {
        skip(blanksAndLines: false)
        switch peek {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): _ = try text()
        case UInt8(ascii: "["): try list(node)
        case UInt8(ascii: "{"): try inlineTable(node)
        default:
            let start = next
            while let byte = peek, !"\n\r,]}#".utf8.contains(byte) { next += 1 }
            let word = String(decoding: bytes[start..<next], as: UTF8.self).trimmed
            guard TOMLScalar.isValid(word) else { throw TOMLError(TextPlace(of: start, in: bytes), Self.noValue) }
        }
    }

    private static let noValue = "this is no value; a text stands between quotation marks"

    private mutating func list(_ node: Int) throws {
        next += 1
        var count = 0
        while true {
            skip(blanksAndLines: true)
            if take("]") { return }
            try value(try note(.item(count), below: node, place()))
            count += 1
            skip(blanksAndLines: true)
            if !take(","), peek != UInt8(ascii: "]") { throw Lost() }
        }
    }

    private mutating func inlineTable(_ node: Int) throws {
        next += 1
        while true {
            skip(blanksAndLines: true)
            if take("}") { return }
            try entry(below: node)
            skip(blanksAndLines: true)
            if !take(","), peek != UInt8(ascii: "}") { throw Lost() }
        }
    }

    private mutating func note(_ step: TOMLStep, below node: Int, _ place: TextPlace) throws(TOMLError) -> Int {
        let node = result.note(step, below: node, place)
        guard result.depth(of: node) <= limits.depth else {
            throw TOMLError(place, "this is nested more than \(limits.depth) deep")
        }
        guard result.count <= limits.nodes else {
            throw TOMLError(place, "there are more than \(limits.nodes) keys and items; write fewer")
        }
        return node
    }

    // MARK: Keys and texts

    private struct Name {
        var text: String
        var place: TextPlace
    }

    /// The names between points.
    private mutating func keys() throws -> [Name] {
        var names: [Name] = []
        repeat {
            skip(blanksAndLines: false)
            let place = place()
            names.append(Name(text: try name(), place: place))
            guard names.count <= limits.depth else {
                throw TOMLError(place, "this is nested more than \(limits.depth) deep")
            }
            skip(blanksAndLines: false)
        } while take(".")
        return names
    }

    private mutating func name() throws -> String {
        if peek == UInt8(ascii: "\"") || peek == UInt8(ascii: "'") { return try text() }
        let start = next
        while let byte = peek, byte.isAlphanumeric || byte == 0x2D || byte == 0x5F { next += 1 }
        guard next > start else { throw Lost() }
        return String(decoding: bytes[start..<next], as: UTF8.self)
    }

    private mutating func text() throws -> String {
        var reader = TOMLText(bytes, next)
        guard let end = reader.read() else { throw Lost() }
        if reader.hasNull { throw TOMLError(place(), "a text can't hold the character U+0000; remove it") }
        while next < end {
            if bytes[next] == 0x0A { beginLine() } else { next += 1 }
        }
        return String(decoding: reader.content, as: UTF8.self)
    }

    // MARK: Bytes

    private var peek: UInt8? { next < bytes.count ? bytes[next] : nil }

    private mutating func place() -> TextPlace {
        counted.column += bytes[counted.byte..<next].count { $0 & 0xC0 != 0x80 }
        counted.byte = next
        return TextPlace(line: line, column: counted.column)
    }

    private mutating func beginLine() {
        next += 1
        line += 1
        counted = (next, 1)
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard let byte = peek, UInt32(byte) == character.value else { return false }
        next += 1
        return true
    }

    private mutating func skip(blanksAndLines: Bool) {
        while let byte = peek {
            switch byte {
            case 0x20, 0x09: next += 1
            case 0x0D where blanksAndLines: next += 1
            case 0x0A where blanksAndLines: beginLine()
            case UInt8(ascii: "#") where blanksAndLines:
                while let byte = peek, byte != 0x0A { next += 1 }
            default: return
            }
        }
    }
}
