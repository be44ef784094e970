/// What an ELF file tells the dynamic linker: the segment of pairs of a tag and a value.
struct ELFDynamic {
    private static let longest = 1 << 20
    private static let mostNeeded = 4096
    private static let longestName = 4096

    private let bytes: ArtifactBytes
    private let pairs: [(tag: UInt64, value: UInt64)]
    private let names: ArtifactBytes

    /// Reads the pairs; nil where the file has none, as a static program or an object file has.
    init?(_ bytes: ArtifactBytes, _ facts: ELFFacts) throws(ArtifactProblem) {
        guard let segment = facts.segments.first(where: { $0.type == ELFSegment.dynamic }) else { return nil }
        self.bytes = bytes
        let size = min(segment.fileSize, Self.longest)
        let fields = FieldBytes(
            try bytes.read(size, at: segment.offset, "dynamic segment"),
            isBigEndian: facts.isBigEndian,
            "dynamic segment"
        )
        let word = facts.is64Bit ? 8 : 4
        var pairs: [(tag: UInt64, value: UInt64)] = []
        for index in 0..<(size / (2 * word)) {
            let place = index * 2 * word
            let tag = facts.is64Bit ? try fields.u64(place) : UInt64(try fields.u32(place))
            // The first tag of 0 is the end.
            guard tag != 0 else { break }
            pairs.append((tag, facts.is64Bit ? try fields.u64(place + 8) : UInt64(try fields.u32(place + 4))))
        }
        self.pairs = pairs
        let start = pairs.first { $0.tag == Tag.names }?.value
        let length = pairs.first { $0.tag == Tag.namesSize }?.value
        guard let start, let place = Self.place(of: start, in: facts) else { return nil }
        names = bytes.window(at: place, count: length.map { Int(clamping: $0) } ?? Self.longestName)
    }

    /// The tags that are read (`d_tag` of the System V ABI).
    private enum Tag {
        static let needed: UInt64 = 1
        static let names: UInt64 = 5
        static let namesSize: UInt64 = 10
        static let soname: UInt64 = 14
        static let rpath: UInt64 = 15
        static let runpath: UInt64 = 29
    }

    /// Where in the file an address of memory is; nil where no segment is loaded there.
    private static func place(of address: UInt64, in facts: ELFFacts) -> Int? {
        for segment in facts.segments where segment.type == ELFSegment.load && address >= segment.address {
            let distance = Int(clamping: address - segment.address)
            guard distance < segment.fileSize else { continue }
            let (place, isOver) = segment.offset.addingReportingOverflow(distance)
            if !isOver { return place }
        }
        return nil
    }

    /// Puts what was read into the facts.
    func tell(_ facts: inout ELFFacts) throws(ArtifactProblem) {
        let needed = pairs.filter { $0.tag == Tag.needed }
        guard needed.count <= Self.mostNeeded else { throw .tooMany("needed libraries", Self.mostNeeded) }
        for pair in needed { facts.needed.append(try name(at: pair.value)) }
        facts.soname = try name(of: Tag.soname)
        facts.rpath = try name(of: Tag.rpath)
        facts.runpath = try name(of: Tag.runpath)
    }

    private func name(of tag: UInt64) throws(ArtifactProblem) -> String? {
        guard let pair = pairs.first(where: { $0.tag == tag }) else { return nil }
        return try name(at: pair.value)
    }

    private func name(at offset: UInt64) throws(ArtifactProblem) -> String {
        let offset = Int(clamping: offset)
        guard names.has(1, at: offset) else { throw .damaged("the name of a library is outside its table of names") }
        let bytes = try names.prefix(Self.longestName, at: offset)
        return FieldBytes(bytes, isBigEndian: false, "names of libraries").text(0, limit: bytes.count)
    }
}
