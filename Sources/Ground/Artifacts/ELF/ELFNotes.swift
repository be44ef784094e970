/// The notes of an ELF file: a name, a number and bytes each, in segments or sections of their own.
enum ELFNotes {
    private static let mostPlaces = 64
    private static let longest = 256 << 10
    /// The number of GNU's note with the build's id.
    private static let buildID: UInt32 = 3
    private static let longestID = 64

    /// The id that the linker gave a file, in hexadecimal digits; nil where it has none.
    static func buildID(_ bytes: ArtifactBytes, _ facts: ELFFacts) throws(ArtifactProblem) -> String? {
        let segments = facts.segments.filter { $0.type == ELFSegment.notes }
            .map { (offset: $0.offset, size: $0.fileSize, unit: $0.alignment) }
        let sections = facts.sections.filter { $0.type == ELFSection.notes }
            .map { (offset: $0.offset, size: $0.size, unit: $0.alignment) }
        for place in (segments + sections).prefix(mostPlaces) where bytes.has(place.size, at: place.offset) {
            let notes = try bytes.read(min(place.size, longest), at: place.offset, "notes")
            let fields = FieldBytes(notes, isBigEndian: facts.isBigEndian, "notes")
            if let id = try? buildID(fields, unit: place.unit == 8 ? 8 : 4) { return id }
        }
        return nil
    }

    private static func buildID(_ fields: FieldBytes, unit: Int) throws(ArtifactProblem) -> String? {
        var offset = 0
        while offset < fields.bytes.count {
            let nameSize = try fields.int32(offset)
            let size = try fields.int32(offset + 4)
            let content = FieldBytes.aligned(offset + 12 + nameSize, to: unit)
            let isID = try fields.u32(offset + 8) == buildID && fields.has(Array("GNU\0".utf8), at: offset + 12)
            if isID, nameSize == 4, (1...longestID).contains(size), content <= fields.bytes.count - size {
                return hexadecimal(fields.bytes[content..<(content + size)])
            }
            offset = FieldBytes.aligned(content + size, to: unit)
        }
        return nil
    }

    static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
