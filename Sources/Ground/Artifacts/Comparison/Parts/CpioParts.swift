import CaissonText

/// The files in an archive of cpio in the form that the kernel reads (`newc`), such as an initramfs.
enum CpioParts {
    private static let headerSize = 110
    private static let longestName = 1 << 16
    private static let trailer = Array("TRAILER!!!".utf8)

    /// Whether a file begins as one.
    static func begins(_ head: [UInt8]) -> Bool {
        head.starts(with: Array("070701".utf8)) || head.starts(with: Array("070702".utf8))
    }

    static func add(of bytes: ArtifactBytes, to parts: inout FileParts) throws(ArtifactProblem) {
        var offset = 0
        while true {
            let header = try bytes.read(headerSize, at: offset, "header of a file in the archive")
            guard begins(header) else { throw .damaged("the header of a file in the archive is damaged") }
            let numbers = try numbers(header)
            guard numbers[11] <= longestName else { throw .tooMany("bytes in a name", longestName) }
            let name = try bytes.read(numbers[11], at: offset + headerSize, "name of a file in the archive")
            let start = FieldBytes.aligned(offset + headerSize + name.count, to: 4)
            let path = Array(name.prefix { $0 != 0 })
            offset = FieldBytes.aligned(start + numbers[6], to: 4)
            guard path != trailer else { break }
            guard bytes.has(numbers[6], at: start) else { throw .truncated("content of a file in the archive") }
            let content = bytes.window(at: start, count: numbers[6])
            let place = FilePlace(.file, String(pathBytes: path))
            try parts.add(FilePart(place: place, bytes: content, attributes: attributes(numbers)))
        }
        try addRest(bytes.window(at: offset), to: &parts)
    }

    /// Another archive may follow behind some zeros, and be compressed.
    private static func addRest(_ bytes: ArtifactBytes, to parts: inout FileParts) throws(ArtifactProblem) {
        var start = 0
        try bytes.forEachPiece { piece throws(ArtifactProblem) in
            let zeros = piece.prefix { $0 == 0 }.count
            start += zeros
            return zeros == piece.count
        }
        try parts.add(FilePart(place: FilePlace(.part, "end behind the archive"), bytes: bytes.window(at: start)))
    }

    /// The 13 numbers behind the magic, in eight hexadecimal digits each.
    private static func numbers(_ header: [UInt8]) throws(ArtifactProblem) -> [Int] {
        var numbers: [Int] = []
        for index in 0..<13 {
            let digits = header[(6 + index * 8)..<(14 + index * 8)]
            guard digits.allSatisfy(\.isHexDigit), let number = Int(String(decoding: digits, as: UTF8.self), radix: 16)
            else { throw .damaged("the header of a file in the archive is damaged") }
            numbers.append(number)
        }
        return numbers
    }

    private static func attributes(_ numbers: [Int]) -> [PartAttribute] {
        [
            PartAttribute(PartAttribute.mode, .octal(UInt64(numbers[1]))),
            PartAttribute(PartAttribute.user, .decimal(Int64(numbers[2]))),
            PartAttribute(PartAttribute.group, .decimal(Int64(numbers[3]))),
            PartAttribute(PartAttribute.time, .decimal(Int64(numbers[5]))),
            PartAttribute(PartAttribute.device, .hexadecimal(UInt64(numbers[9]) << 32 | UInt64(numbers[10]))),
            PartAttribute("number of names", .decimal(Int64(numbers[4]))),
            PartAttribute("inode number", .decimal(Int64(numbers[0]))),
        ]
    }
}
