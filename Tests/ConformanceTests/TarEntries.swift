import Glibc

/// Reads the entries of a tar: ustar, pax and GNU's long names; whatever else comes is an error.
struct TarEntries {
    private let bytes: ArraySlice<UInt8>
    private var at: Int
    private var attributes: [String: [UInt8]] = [:]
    private var entries: [ImageEntry] = []

    /// All entries, sorted by their paths, but for the root's own.
    static func read(_ bytes: ArraySlice<UInt8>) throws -> [ImageEntry] {
        var reader = TarEntries(bytes)
        while try reader.readOne() {}
        return reader.entries.sorted { $0.path.lexicographicallyPrecedes($1.path) }
    }

    private init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        at = bytes.startIndex
    }

    /// Reads a header and what follows it; false at the end.
    private mutating func readOne() throws -> Bool {
        guard bytes.endIndex - at >= 512 else { throw TestSupportError("the tar ends without its end blocks") }
        let header = bytes[at..<(at + 512)]
        if header.allSatisfy({ $0 == 0 }) { return false }
        func field(_ offset: Int, _ length: Int) -> ArraySlice<UInt8> {
            let start = header.startIndex + offset
            return header[start..<(start + length)].prefix { $0 != 0 }
        }
        let type = Character(Unicode.Scalar(header[header.startIndex + 156]))
        var size = try number(field(124, 12))
        if let text = attributes["size"], !"xgLK".contains(type) { size = try number(text[...], radix: 10) }
        let start = at + 512
        guard size >= 0, bytes.endIndex - start >= size else { throw TestSupportError("the tar ends in an entry") }
        let content = bytes[start..<(start + size)]
        at = start + (size + 511) / 512 * 512
        switch type {
        case "x": try readAttributes(content)
        case "L": attributes["path"] = Array(content.prefix { $0 != 0 })
        case "K": attributes["linkpath"] = Array(content.prefix { $0 != 0 })
        case "g": break
        default:
            let isPosix = field(257, 6).elementsEqual("ustar".utf8)
            let prefix = isPosix ? field(345, 155) : []
            var path = Array((prefix.isEmpty ? [] : prefix + [UInt8(ascii: "/")]) + field(0, 100))
            path = attributes["path"] ?? path
            var entry = ImageEntry(kind: Self.kind(type), mode: mode_t(try number(field(100, 8))), path: path)
            entry.linkTarget = attributes["linkpath"] ?? Array(field(157, 100))
            entry.userID = try number(field(108, 8))
            entry.groupID = try number(field(116, 8))
            let seconds = try number(field(136, 12))
            entry.modificationTime = attributes["mtime"].map { String(decoding: $0, as: UTF8.self) } ?? "\(seconds)"
            if entry.kind == "f" { entry.setContent(content) }
            append(entry)
            attributes = [:]
        }
        return true
    }

    private mutating func append(_ entry: ImageEntry) {
        var entry = entry
        entry.mode &= 0o7777
        if entry.kind == "h" { entry.linkTarget = Self.plain(entry.linkTarget) }
        entry.path = Self.plain(entry.path)
        if !entry.path.isEmpty { entries.append(entry) }
    }

    /// Without `./` or `/` at the start and `/` at the end.
    private static func plain(_ path: [UInt8]) -> [UInt8] {
        var path = path[...]
        while path.starts(with: "./".utf8) { path = path.dropFirst(2) }
        while path.first == UInt8(ascii: "/") { path = path.dropFirst() }
        while path.last == UInt8(ascii: "/") { path = path.dropLast() }
        return path.elementsEqual(".".utf8) ? [] : Array(path)
    }

    private static func kind(_ type: Character) -> Character {
        switch type {
        case "0", "\0": "f"
        case "1": "h"
        case "2": "l"
        case "5": "d"
        case "6": "p"
        default: type
        }
    }

    /// `LENGTH KEY=VALUE\n`, as often as there is room.
    private mutating func readAttributes(_ content: ArraySlice<UInt8>) throws {
        var rest = content
        while let space = rest.firstIndex(of: UInt8(ascii: " ")) {
            let length = try number(rest[..<space], radix: 10)
            let end = rest.startIndex + length
            guard end > space, end <= rest.endIndex,
                let equals = rest[space..<end].firstIndex(of: UInt8(ascii: "="))
            else { throw TestSupportError("a pax header is malformed") }
            let key = String(decoding: rest[(space + 1)..<equals], as: UTF8.self)
            attributes[key] = Array(rest[(equals + 1)..<(end - 1)])
            rest = rest[end...]
        }
    }

    private func number(_ text: ArraySlice<UInt8>, radix: Int = 8) throws -> Int {
        let digits = text.filter { $0 != UInt8(ascii: " ") }
        if digits.isEmpty { return 0 }
        guard let value = Int(text: digits[...], radix: radix) else {
            throw TestSupportError("no number in a tar: \(Escapes.encode(text))")
        }
        return value
    }
}
