/// Makes ELF files.
struct ELFFixture {
    struct Section {
        var name: String
        var type = 1
        var flags = 0
        var bytes: [UInt8] = []
    }

    struct Segment {
        var type: Int
        var address = 0
        var bytes: [UInt8] = []
    }

    var is64Bit = true
    var isBigEndian = false
    var type = 1
    var machine = 62
    var sections: [Section] = []
    var segments: [Segment] = []

    private func word(_ writer: inout ByteWriter, _ value: Int) { writer.number(UInt64(value), is64Bit ? 8 : 4) }

    /// The file: header, program headers, the bytes of all, and the section headers at the end.
    func bytes() -> [UInt8] {
        var out = ByteWriter(isBigEndian: isBigEndian)
        let (headerSize, segmentSize) = is64Bit ? (64, 56) : (52, 32)
        out.pad(to: headerSize + segments.count * segmentSize)
        let segmentPlaces = segments.map { segment in
            out.align(8)
            defer { out.bytes += segment.bytes }
            return out.bytes.count
        }
        let all = sections + [Section(name: ".shstrtab", type: 3, bytes: names)]
        let places = all.map { section in
            out.align(8)
            defer { if section.type != 8 { out.bytes += section.bytes } }
            return out.bytes.count
        }
        out.align(8)
        let table = out.bytes.count
        writeSection(&out, Section(name: "", type: 0), name: 0, at: 0)
        for (section, place) in zip(all, places) {
            let name = names.firstPlace(of: Array(section.name.utf8) + [0]) ?? 0
            writeSection(&out, section, name: name, at: place)
        }
        var head = header(table, all.count + 1)
        for (segment, place) in zip(segments, segmentPlaces) { writeSegment(&head, segment, at: place) }
        out.bytes.replaceSubrange(0..<head.bytes.count, with: head.bytes)
        return out.bytes
    }

    private var names: [UInt8] { [0] + (sections.map(\.name) + [".shstrtab"]).flatMap { Array($0.utf8) + [0] } }

    private func header(_ table: Int, _ count: Int) -> ByteWriter {
        var out = ByteWriter(isBigEndian: isBigEndian)
        out.bytes = [0x7F, 0x45, 0x4C, 0x46, is64Bit ? 2 : 1, isBigEndian ? 2 : 1, 1, 0]
        out.pad(to: 16)
        out.u16(type)
        out.u16(machine)
        out.u32(1)
        word(&out, 0x1000)
        word(&out, segments.isEmpty ? 0 : is64Bit ? 64 : 52)
        word(&out, table)
        out.u32(0)
        for size in [is64Bit ? 64 : 52, is64Bit ? 56 : 32, segments.count, is64Bit ? 64 : 40, count, count - 1] {
            out.u16(size)
        }
        return out
    }

    private func writeSection(_ out: inout ByteWriter, _ section: Section, name: Int, at place: Int) {
        out.u32(name)
        out.u32(section.type)
        for value in [section.flags, 0, place, section.bytes.count] { word(&out, value) }
        out.u32(0)
        out.u32(0)
        word(&out, 4)
        word(&out, 0)
    }

    private func writeSegment(_ out: inout ByteWriter, _ segment: Segment, at place: Int) {
        out.u32(segment.type)
        if is64Bit { out.u32(4) }
        for value in [place, segment.address, segment.address, segment.bytes.count, segment.bytes.count] {
            word(&out, value)
        }
        if !is64Bit { out.u32(4) }
        word(&out, 4)
    }

    /// A note with a build's id of four bytes.
    static func buildID(isBigEndian: Bool) -> [UInt8] {
        var out = ByteWriter(isBigEndian: isBigEndian)
        for value in [4, 4, 3] { out.u32(value) }
        out.text("GNU\0")
        out.bytes += [0xDE, 0xAD, 0xBE, 0x0F]
        return out.bytes
    }
}

extension [UInt8] {
    /// Where bytes occur first.
    func firstPlace(of wanted: [UInt8]) -> Int? {
        indices.first { self[$0...].starts(with: wanted) }
    }
}
