import CaissonText

/// The outer archive of a Debian package: `ar` with members of plain names (deb(5)).
struct DebianArchive {
    static let magic = Array("!<arch>\ndebian-binary".utf8)
    static let beginning = Array("!<arch>\n".utf8)
    private static let headerSize = 60
    private static let mostMembers = 64

    /// A file in the archive.
    struct Member {
        let name: String
        let header: [UInt8]
        let bytes: ArtifactBytes
    }

    let members: [Member]
    /// Why not all members were read.
    let problem: ArtifactProblem?

    init(_ bytes: ArtifactBytes, mostMembers: Int = Self.mostMembers) throws(ArtifactProblem) {
        guard try bytes.prefix(Self.beginning.count) == Self.beginning else { throw .damaged("it is no archive of ar") }
        var members: [Member] = []
        var offset = Self.beginning.count
        var problem: ArtifactProblem?
        do throws(ArtifactProblem) {
            while offset < bytes.size {
                guard members.count < mostMembers else { throw .tooMany("members", mostMembers) }
                let header = try bytes.read(Self.headerSize, at: offset, "header of a member")
                let (name, size) = try Self.header(header)
                guard bytes.has(size, at: offset + Self.headerSize) else { throw .truncated("member \(name.quoted)") }
                let content = bytes.window(at: offset + Self.headerSize, count: size)
                members.append(Member(name: name, header: header, bytes: content))
                // Members begin at even places.
                offset += Self.headerSize + size + size % 2
            }
        } catch {
            guard error.code != .unreadable else { throw error }
            problem = error
        }
        self.members = members
        self.problem = problem
    }

    /// A header: the name in 16 bytes, the size in decimal digits at 48, and a mark at its end.
    private static func header(_ bytes: [UInt8]) throws(ArtifactProblem) -> (name: String, size: Int) {
        let digits = bytes[48..<58].prefix(while: \.isDigit)
        guard bytes[58] == 0x60, bytes[59] == 0x0A, let size = Int(String(decoding: digits, as: UTF8.self)) else {
            throw .damaged("the header of a member is damaged")
        }
        let name = String(decoding: bytes[..<16], as: UTF8.self).trimmed
        return (name.hasSuffix("/") ? String(name.utf8.dropLast()) ?? name : name, size)
    }

    /// The first member whose name is this one, or begins with it and a point.
    func member(_ name: String) -> Member? {
        members.first { $0.name == name || $0.name.hasPrefix(name + ".") }
    }
}
