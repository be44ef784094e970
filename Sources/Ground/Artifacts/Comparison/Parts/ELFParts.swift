/// The sections of an ELF file, and what is around them.
enum ELFParts {
    private static let signatureMark = Array("~Module signature appended~\n".utf8)
    private static let tables: Set<String> = [".symtab", ".strtab", ".shstrtab", ".gnu_debuglink"]
    private static let notes: Set<String> = [".notes", ".note.gnu.build-id"]

    static func add(of bytes: ArtifactBytes, to parts: inout FileParts) throws(ArtifactProblem) {
        let facts = try ELFReader.facts(of: bytes)
        parts.prefersCauses = true
        if facts.sections.count > 1 {
            for (index, section) in facts.sections.enumerated() where section.type != 0 {
                try parts.add(part(section, index, bytes))
            }
        } else {
            for (index, segment) in facts.segments.enumerated() {
                let content = bytes.window(at: segment.offset, count: segment.fileSize)
                let place = FilePlace(.segment, String(index))
                try parts.add(FilePart(place: place, bytes: content, mayHaveForm: false))
            }
        }
        try addRest(facts, bytes, to: &parts)
    }

    private static func part(_ section: ELFSection, _ index: Int, _ bytes: ArtifactBytes) -> FilePart {
        let content = section.isInFile ? bytes.window(at: section.offset, count: section.size) : ArtifactBytes([])
        // Of a section without bytes in the file the size is told alone; else the bytes tell it.
        let size = section.isInFile ? [] : [PartAttribute("size", .decimal(Int64(clamping: section.size)))]
        return FilePart(
            place: FilePlace(.section, section.name.isEmpty ? "number \(index)" : section.name),
            bytes: content,
            weight: weight(section),
            attributes: size + [
                PartAttribute(PartAttribute.type, .hexadecimal(UInt64(section.type))),
                PartAttribute("flags", .hexadecimal(section.flags)),
                PartAttribute("address", .hexadecimal(section.address)),
                PartAttribute("alignment", .hexadecimal(section.alignment)),
            ]
        )
    }

    private static func weight(_ section: ELFSection) -> FilePart.Weight {
        if notes.contains(section.name) { return .sum }
        if tables.contains(section.name) { return .table }
        return section.isAllocated ? .content : .side
    }

    private static func addRest(
        _ facts: ELFFacts,
        _ bytes: ArtifactBytes,
        to parts: inout FileParts
    ) throws(ArtifactProblem) {
        let rest = bytes.window(at: facts.end)
        let end = try rest.prefix(signatureMark.count, at: max(0, rest.size - signatureMark.count))
        let isSigned = end == signatureMark
        if isSigned {
            let place = FilePlace(.part, "signature")
            try parts.add(FilePart(place: place, bytes: rest, weight: .sum, cause: .signature))
        } else {
            try parts.add(FilePart(place: FilePlace(.part, "end behind all sections"), bytes: rest, weight: .side))
        }
        let header = bytes.window(at: 0, count: facts.is64Bit ? 64 : 52)
        try parts.add(FilePart(place: FilePlace(.part, "ELF header"), bytes: header, weight: .sum, mayHaveForm: false))
    }
}
