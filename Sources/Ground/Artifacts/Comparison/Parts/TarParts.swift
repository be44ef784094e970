import CaissonText

/// The files in a tar, at the places where their content is: ustar, with GNU's and pax's long names.
///
/// The reader of module `Archive` gives what is in a tar, and not where. What this one doesn't know is an error, so
/// that nothing is told of a file that may be another.
struct TarParts {
    private static let blockSize = 512
    private static let longestText = 1 << 20
    private static let sums = Array("md5sums".utf8)

    private let bytes: ArtifactBytes
    private var offset = 0
    /// What the next file has from entries before it.
    private var long = LongFields()

    /// Fields that are too long for a header.
    private struct LongFields {
        var name: [UInt8]?
        var target: [UInt8]?
        var pax: [(key: String, value: [UInt8])] = []

        func pax(_ key: String) -> [UInt8]? { pax.last { $0.key == key }?.value }
    }

    /// Whether a file begins with the header of a file in a tar.
    static func begins(_ head: [UInt8]) -> Bool {
        guard head.count >= blockSize else { return false }
        return TarHeader(Array(head.prefix(blockSize))).isSound && head[257..<262].elementsEqual("ustar".utf8)
    }

    static func add(of bytes: ArtifactBytes, to parts: inout FileParts) throws(ArtifactProblem) {
        var reader = TarParts(bytes)
        while let part = try reader.next() { try parts.add(part) }
    }

    private init(_ bytes: ArtifactBytes) { self.bytes = bytes }

    /// The next file; nil at the end of the tar.
    private mutating func next() throws(ArtifactProblem) -> FilePart? {
        while bytes.has(Self.blockSize, at: offset) {
            let header = TarHeader(try bytes.read(Self.blockSize, at: offset, "header"))
            if header.isEnd { return nil }
            guard header.isSound else { throw .damaged("the header of a file in the tar is damaged") }
            offset += Self.blockSize
            switch header.type {
            case UInt8(ascii: "L"): long.name = try text(header)
            case UInt8(ascii: "K"): long.target = try text(header)
            case UInt8(ascii: "x"): long.pax += try PaxRecords.records(try content(try size(header)))
            // What holds for all files of the tar.
            case UInt8(ascii: "g"): _ = try content(try size(header))
            default: return try part(header)
            }
        }
        return nil
    }

    private func size(_ header: TarHeader) throws(ArtifactProblem) -> Int {
        let size = long.pax("size").flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? header.number(124..<136)
        guard let size, size >= 0 else { throw .damaged("the size of a file in the tar is damaged") }
        return size
    }

    /// A window on the content, behind which the next header is looked for.
    private mutating func window(_ size: Int) throws(ArtifactProblem) -> ArtifactBytes {
        guard bytes.has(size, at: offset) else { throw .truncated("content of a file in the tar") }
        defer { offset = FieldBytes.aligned(offset + size, to: Self.blockSize) }
        return bytes.window(at: offset, count: size)
    }

    private mutating func content(_ size: Int) throws(ArtifactProblem) -> [UInt8] {
        guard size <= Self.longestText else { throw .tooMany("bytes in a field", Self.longestText) }
        return try window(size).prefix(size)
    }

    private mutating func text(_ header: TarHeader) throws(ArtifactProblem) -> [UInt8] {
        Array(try content(try size(header)).prefix { $0 != 0 })
    }

    private mutating func part(_ header: TarHeader) throws(ArtifactProblem) -> FilePart {
        defer { long = LongFields() }
        let name = long.pax("path") ?? long.name ?? header.name
        let isLink = (0x31...0x36).contains(header.type)
        guard isLink || [0, 0x30, 0x37].contains(header.type) else {
            throw ArtifactProblem(.unsupported, "the tar has a file of type \(header.type), which isn't read")
        }
        // Only files have content; links and folders may tell a size all the same.
        let content = try window(isLink ? 0 : try size(header))
        let isSum = name.split(separator: UInt8(ascii: "/")).last.map(Array.init) == Self.sums
        return FilePart(
            place: FilePlace(.file, String(pathBytes: name)),
            bytes: content,
            weight: isSum ? .table : .content,
            attributes: attributes(header)
        )
    }

    private func attributes(_ header: TarHeader) -> [PartAttribute] {
        var found = header.attributes
        let target = long.pax("linkpath") ?? long.target ?? header.text(157..<257)
        if !target.isEmpty { found.append(PartAttribute(PartAttribute.target, .text(target))) }
        let replaced = [
            "mtime": PartAttribute.time, "uid": PartAttribute.user, "gid": PartAttribute.group,
            "uname": PartAttribute.userName, "gname": PartAttribute.groupName,
        ]
        for (key, value) in long.pax where !["path", "linkpath", "size"].contains(key) {
            let name = replaced[key] ?? (key.utf8.allSatisfy { (0x21...0x7E).contains($0) } ? key : key.quoted)
            let number = replaced[key] == nil ? nil : Int64(String(decoding: value, as: UTF8.self))
            let attribute = PartAttribute(name, number.map { .decimal($0) } ?? .text(value))
            if let index = found.firstIndex(where: { $0.name == name }) {
                found[index] = attribute
            } else {
                found.append(attribute)
            }
        }
        return found
    }
}

/// The header of a file in a tar: a block of 512 bytes.
struct TarHeader {
    private let block: [UInt8]

    /// - Parameter block: 512 bytes.
    init(_ block: [UInt8]) { self.block = block }

    /// Whether it is of zeros alone, as at the end of a tar.
    var isEnd: Bool { block.allSatisfy { $0 == 0 } }

    /// Whether its checksum is right, which is made with blanks in its own place.
    var isSound: Bool {
        guard let sum = number(148..<156) else { return false }
        let bytes = block.reduce(0) { $0 + Int($1) }
        let own = block[148..<156].reduce(0) { $0 + Int($1) }
        return sum == bytes - own + 8 * 0x20
    }

    /// What kind of file it is.
    var type: UInt8 { block[156] }

    /// The name, in two parts where it is long; GNU has other fields in the place of the first.
    var name: [UInt8] {
        let (name, prefix) = (text(0..<100), text(345..<500))
        let isPOSIX = block[257..<263].elementsEqual([0x75, 0x73, 0x74, 0x61, 0x72, 0])
        return isPOSIX && !prefix.isEmpty ? prefix + [UInt8(ascii: "/")] + name : name
    }

    /// What is told of the file beside its name and content.
    var attributes: [PartAttribute] {
        let numbers = [
            (PartAttribute.user, 108..<116), (PartAttribute.group, 116..<124), (PartAttribute.time, 136..<148),
        ]
        let names = [(PartAttribute.userName, 265..<297), (PartAttribute.groupName, 297..<329)]
        var found = [
            PartAttribute(PartAttribute.type, .text([type == 0 ? 0x30 : type])),
            PartAttribute(PartAttribute.mode, .octal(UInt64(clamping: number(100..<108) ?? 0))),
        ]
        found += numbers.map { PartAttribute($0, .decimal(Int64(number($1) ?? 0))) }
        found += names.map { PartAttribute($0, .text(text($1))) }
        guard type == 0x33 || type == 0x34 else { return found }
        return found + [PartAttribute(PartAttribute.device, .text(text(329..<337) + [0x2C] + text(337..<345)))]
    }

    /// The bytes of a field up to a NUL.
    func text(_ place: Range<Int>) -> [UInt8] { Array(block[place].prefix { $0 != 0 }) }

    /// A number in octal digits, or in GNU's binary form for large ones; nil where it is none.
    func number(_ place: Range<Int>) -> Int? {
        let field = block[place]
        guard let start = field.first, start & 0x80 == 0 else { return binary(field) }
        let digits = field.drop { $0 == 0x20 }.prefix { $0 != 0 && $0 != 0x20 }
        return digits.isEmpty ? 0 : Int(String(decoding: digits, as: UTF8.self), radix: 8)
    }

    private func binary(_ field: ArraySlice<UInt8>) -> Int? {
        guard let start = field.first, start == 0x80 || start == 0xFF else { return nil }
        var value = start == 0xFF ? -1 : 0
        for byte in field.dropFirst() {
            let (product, isOver) = value.multipliedReportingOverflow(by: 256)
            guard !isOver else { return nil }
            value = product | Int(byte)
        }
        return value
    }
}

/// The records of a pax header: `LENGTH KEY=VALUE` and a line feed.
enum PaxRecords {
    static func records(_ bytes: [UInt8]) throws(ArtifactProblem) -> [(key: String, value: [UInt8])] {
        var records: [(key: String, value: [UInt8])] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let digits = rest.prefix(while: \.isDigit)
            guard let length = Int(String(decoding: digits, as: UTF8.self)), length > digits.count + 2,
                length <= rest.count, let equals = rest.prefix(length).firstIndex(of: UInt8(ascii: "="))
            else { throw .damaged("a pax header in the tar is damaged") }
            let record = rest.prefix(length)
            let key = record[(record.startIndex + digits.count + 1)...].prefix { $0 != UInt8(ascii: "=") }
            records.append((String(decoding: key, as: UTF8.self), Array(record[(equals + 1)...].dropLast())))
            rest = rest.dropFirst(length)
        }
        return records
    }
}
