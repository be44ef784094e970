/// Reads the tables of an ELF file: of 32 or 64 bits, and of either byte order.
///
/// Only what can't be told apart from other files is thrown; all else that is wrong is in the problems of the facts.
struct ELFReader {
    static let magic: [UInt8] = [0x7F, 0x45, 0x4C, 0x46]
    /// More sections than the largest kernels have with a section for each function.
    static let mostSections = 131_072
    static let mostSegments = 4096
    static let longestName = 256
    static let longestNames = 16 << 20

    let bytes: ArtifactBytes
    private var tablesEnd = 0
    private(set) var facts: ELFFacts
    private let header: FieldBytes

    /// The facts of a file.
    ///
    /// - Throws: A problem where it is no ELF file, or its header is cut.
    static func facts(of bytes: ArtifactBytes) throws(ArtifactProblem) -> ELFFacts {
        var reader = try ELFReader(bytes)
        reader.noting { reader throws(ArtifactProblem) in try reader.readSections() }
        reader.noting { reader throws(ArtifactProblem) in try reader.readSegments() }
        reader.noting { reader throws(ArtifactProblem) in
            reader.facts.interpreter = try reader.interpreter()
        }
        reader.noting { reader throws(ArtifactProblem) in
            try ELFDynamic(reader.bytes, reader.facts)?.tell(&reader.facts)
        }
        reader.noting { reader throws(ArtifactProblem) in
            reader.facts.buildID = try ELFNotes.buildID(reader.bytes, reader.facts)
        }
        reader.tellEnd()
        return reader.facts
    }

    private init(_ bytes: ArtifactBytes) throws(ArtifactProblem) {
        self.bytes = bytes
        let start = try bytes.prefix(64)
        guard start.starts(with: Self.magic) else { throw .damaged("it is no ELF file") }
        let ident = FieldBytes(start, isBigEndian: false, "ELF header")
        let (fileClass, data) = (try ident.u8(4), try ident.u8(5))
        guard (1...2).contains(fileClass), (1...2).contains(data) else {
            throw .damaged("its ELF class is \(fileClass) and its byte order \(data), which there are not")
        }
        header = FieldBytes(start, isBigEndian: data == 2, "ELF header")
        let is64Bit = fileClass == 2
        _ = try header.u16(is64Bit ? 62 : 50)
        facts = ELFFacts(
            is64Bit: is64Bit,
            isBigEndian: data == 2,
            type: .init(try header.u16(16)),
            machine: ELFMachine(try header.u16(18)),
            osABI: try header.u8(7),
            entry: is64Bit ? try header.u64(24) : UInt64(try header.u32(24)),
            flags: try header.u32(is64Bit ? 48 : 36)
        )
    }

    private mutating func noting(_ step: (inout ELFReader) throws(ArtifactProblem) -> Void) {
        do throws(ArtifactProblem) {
            try step(&self)
        } catch {
            facts.problems.append(error)
        }
    }

    /// A table of headers that has to be within the file.
    private func table(_ count: Int, of size: Int, at offset: Int, _ name: String) throws(ArtifactProblem) -> FieldBytes
    {
        let content = try bytes.read(count * size, at: offset, name)
        return FieldBytes(content, isBigEndian: facts.isBigEndian, name)
    }

    private func word(_ fields: FieldBytes, _ narrow: Int, _ wide: Int) throws(ArtifactProblem) -> UInt64 {
        facts.is64Bit ? try fields.u64(wide) : UInt64(try fields.u32(narrow))
    }

    private func place(_ fields: FieldBytes, _ narrow: Int, _ wide: Int) throws(ArtifactProblem) -> Int {
        Int(clamping: try word(fields, narrow, wide))
    }
}

extension ELFReader {
    private mutating func readSections() throws(ArtifactProblem) {
        let offset = try place(header, 32, 40)
        guard offset != 0 else { return }
        let size = facts.is64Bit ? 64 : 40
        try checkSize(of: "section headers", try header.u16(facts.is64Bit ? 58 : 46), size)
        let first = try table(1, of: size, at: offset, "section headers")
        var count = Int(try header.u16(facts.is64Bit ? 60 : 48))
        // A count or number that its 16 bits can't hold stands in the first section's header.
        if count == 0 { count = try place(first, 20, 32) }
        guard count <= Self.mostSections else { throw .tooMany("sections", Self.mostSections) }
        let all = try table(count, of: size, at: offset, "section headers")
        tablesEnd = offset + count * size
        var names: [Int] = []
        for index in 0..<count {
            let (section, name) = try section(all, at: index * size)
            facts.sections.append(section)
            names.append(name)
        }
        var table = Int(try header.u16(facts.is64Bit ? 62 : 50))
        if table == 0xFFFF { table = try first.int32(facts.is64Bit ? 40 : 24) }
        checkPlaces()
        try name(names, by: table)
    }

    private func checkSize(of what: String, _ size: UInt16, _ wanted: Int) throws(ArtifactProblem) {
        guard Int(size) == wanted else {
            throw .damaged("its \(what) have \(size) bytes each, and not \(wanted)")
        }
    }

    private func section(_ all: FieldBytes, at base: Int) throws(ArtifactProblem) -> (ELFSection, name: Int) {
        let section = ELFSection(
            name: "",
            type: try all.u32(base + 4),
            flags: try word(all, base + 8, base + 8),
            address: try word(all, base + 12, base + 16),
            offset: try place(all, base + 16, base + 24),
            size: try place(all, base + 20, base + 32),
            link: try all.u32(base + (facts.is64Bit ? 40 : 24)),
            alignment: try word(all, base + 32, base + 48)
        )
        return (section, try all.int32(base))
    }

    private mutating func name(_ places: [Int], by number: Int) throws(ArtifactProblem) {
        guard number != 0 else { return }
        guard facts.sections.indices.contains(number) else {
            throw .damaged("the section with the names of sections is number \(number), which there is not")
        }
        let table = facts.sections[number]
        guard table.isInFile, table.size <= Self.longestNames else {
            throw .damaged("the section with the names of sections has \(table.size) bytes")
        }
        let bytes = try bytes.read(table.size, at: table.offset, "names of sections")
        let names = FieldBytes(bytes, isBigEndian: false, "names of sections")
        for (index, place) in places.enumerated() {
            facts.sections[index].name = names.text(place, limit: Self.longestName)
        }
    }

    /// Notes the first section that isn't within the file: of a file that was cut, all that are missing tell the same.
    private mutating func checkPlaces() {
        let outside = facts.sections.enumerated().first { _, section in
            section.isInFile && !bytes.has(section.size, at: section.offset)
        }
        if let outside { facts.problems.append(.truncated("section \(outside.offset)")) }
    }

    private mutating func readSegments() throws(ArtifactProblem) {
        let offset = try place(header, 28, 32)
        var count = Int(try header.u16(facts.is64Bit ? 56 : 44))
        if count == 0xFFFF, try place(header, 32, 40) != 0 {
            let first = try table(1, of: facts.is64Bit ? 64 : 40, at: try place(header, 32, 40), "section headers")
            count = try first.int32(facts.is64Bit ? 44 : 28)
        }
        guard offset != 0, count > 0 else { return }
        guard count <= Self.mostSegments else { throw .tooMany("program headers", Self.mostSegments) }
        let size = facts.is64Bit ? 56 : 32
        try checkSize(of: "program headers", try header.u16(facts.is64Bit ? 54 : 42), size)
        let all = try table(count, of: size, at: offset, "program headers")
        for index in 0..<count { facts.segments.append(try segment(all, at: index * size)) }
        let outside = facts.segments.firstIndex { !bytes.has($0.fileSize, at: $0.offset) && $0.fileSize > 0 }
        if let outside { facts.problems.append(.truncated("segment \(outside)")) }
    }

    /// The place where all ends that the tables tell of; those parts that are outside the file don't count.
    private mutating func tellEnd() {
        let sections = facts.sections.filter(\.isInFile).map { (offset: $0.offset, size: $0.size) }
        let segments = facts.segments.map { (offset: $0.offset, size: $0.fileSize) }
        let ends = (sections + segments).filter { bytes.has($0.size, at: $0.offset) }.map { $0.offset + $0.size }
        facts.end = (ends + [tablesEnd]).max() ?? 0
    }

    private func segment(_ all: FieldBytes, at base: Int) throws(ArtifactProblem) -> ELFSegment {
        ELFSegment(
            type: try all.u32(base),
            flags: try all.u32(base + (facts.is64Bit ? 4 : 24)),
            offset: try place(all, base + 4, base + 8),
            address: try word(all, base + 8, base + 16),
            fileSize: try place(all, base + 16, base + 32),
            memorySize: try place(all, base + 20, base + 40),
            alignment: try word(all, base + 28, base + 48)
        )
    }

    private func interpreter() throws(ArtifactProblem) -> String? {
        guard let segment = facts.segments.first(where: { $0.type == ELFSegment.interpreter }) else { return nil }
        let name = try bytes.read(min(segment.fileSize, 4096), at: segment.offset, "interpreter's name")
        return FieldBytes(name, isBigEndian: false, "interpreter's name").text(0, limit: name.count)
    }
}

extension ELFFacts {
    /// The bytes of a section as they stand in the file, compressed or not; none for one that has no bytes there.
    ///
    /// - Parameter limit: How many there are at most; more are an error.
    package func bytes(
        of section: ELFSection,
        in bytes: ArtifactBytes,
        limit: Int
    ) throws(ArtifactProblem) -> [UInt8] {
        guard section.isInFile else { return [] }
        guard section.size <= limit else {
            throw ArtifactProblem(.limitExceeded, "its section \(section.name) has more than \(limit) bytes; refused")
        }
        return try bytes.read(section.size, at: section.offset, "section \(section.name)")
    }
}
