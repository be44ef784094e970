/// The members of an archive of `ar`, such as a Debian package or a library.
enum ArParts {
    /// The fields of a member's header that are compared, and where they are.
    private static let fields = [
        (PartAttribute.time, 16..<28), (PartAttribute.user, 28..<34), (PartAttribute.group, 34..<40),
        (PartAttribute.mode, 40..<48),
    ]

    static func add(
        of bytes: ArtifactBytes,
        _ limits: ComparisonLimits,
        to parts: inout FileParts
    ) throws(ArtifactProblem) {
        let archive = try DebianArchive(bytes, mostMembers: limits.parts)
        if let problem = archive.problem { throw problem }
        let isPackage = archive.member("debian-binary") != nil
        for member in archive.members {
            let attributes = fields.map { name, place in
                PartAttribute(name, .text(member.header[place].filter { $0 != 0x20 }))
            }
            // The sums in a package's control archive follow from its data, which stands behind it.
            let isSide = isPackage && !member.name.hasPrefix("data.tar")
            // Of the tables of symbols and of long names, `/` and `//`, the reader has one slash less.
            let isTable = ["", "/"].contains(member.name)
            let place = FilePlace(.member, isTable ? member.name + "/" : member.name)
            let weight = isTable ? FilePart.Weight.table : isSide ? .side : .content
            try parts.add(FilePart(place: place, bytes: member.bytes, weight: weight, attributes: attributes))
        }
    }
}
