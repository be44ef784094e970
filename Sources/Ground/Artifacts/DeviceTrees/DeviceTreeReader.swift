/// Reads flattened device trees, format versions 16 and 17 (Devicetree Specification 0.4, chapter 5).
struct DeviceTreeReader {
    static let magic: [UInt8] = [0xD0, 0x0D, 0xFE, 0xED]
    /// Device trees have some hundred KiB; only image trees have more, and their images.
    static let largest = 256 << 20
    static let mostReservations = 4096
    private static let headerSize = 40

    private let bytes: ArtifactBytes
    private let header: FieldBytes
    private var tree: DeviceTree

    /// The facts of a device tree.
    ///
    /// - Throws: A problem where it is none, or its header is cut or of a version that isn't read.
    static func facts(of bytes: ArtifactBytes) throws(ArtifactProblem) -> DeviceTree {
        var reader = try DeviceTreeReader(bytes)
        do throws(ArtifactProblem) {
            try reader.readReservations()
            try reader.readStructure()
        } catch {
            guard error.code != .unreadable else { throw error }
            reader.tree.problems.append(error)
        }
        return reader.tree
    }

    private init(_ bytes: ArtifactBytes) throws(ArtifactProblem) {
        let header = FieldBytes(
            try bytes.read(Self.headerSize, at: 0, "device tree's header"),
            isBigEndian: true,
            "device tree's header"
        )
        guard header.has(Self.magic, at: 0) else { throw .damaged("it is no device tree") }
        let total = try header.int32(4)
        let version = try header.u32(20)
        guard version >= 16, try header.u32(24) <= 17 else {
            throw ArtifactProblem(.unsupported, "it is a device tree of version \(version); 16 and 17 are read")
        }
        tree = DeviceTree(version: version, totalSize: total)
        tree.bootProcessor = try header.u32(28)
        if total > bytes.size {
            tree.problems.append(ArtifactProblem(.truncated, "it has \(bytes.size) bytes, and says \(total)"))
        } else if total < bytes.size {
            let text = "\(bytes.size - total) bytes are behind its end; it says \(total)"
            tree.problems.append(ArtifactProblem(.trailingData, text))
        }
        self.header = header
        self.bytes = bytes.window(at: 0, count: total)
    }

    /// A block that the header tells of; it has to be within the tree.
    private func block(_ offset: Int, _ size: Int, _ name: String) throws(ArtifactProblem) -> FieldBytes {
        guard offset >= Self.headerSize else { throw .damaged("its \(name) is within its header") }
        guard size <= Self.largest else {
            throw ArtifactProblem(.limitExceeded, "its \(name) has more than \(Self.largest) bytes; refused")
        }
        return FieldBytes(try bytes.read(size, at: offset, name), isBigEndian: true, name)
    }

    private mutating func readReservations() throws(ArtifactProblem) {
        var offset = try header.int32(16)
        for _ in 0..<Self.mostReservations {
            let entry = try block(offset, 16, "table of reservations")
            let reservation = DeviceTree.Reservation(address: try entry.u64(0), size: try entry.u64(8))
            guard reservation.address != 0 || reservation.size != 0 else { return }
            tree.reservations.append(reservation)
            offset += 16
        }
        throw .tooMany("reservations", Self.mostReservations)
    }

    private mutating func readStructure() throws(ArtifactProblem) {
        let place = try header.int32(8)
        // Version 16 doesn't tell the size: it is up to the end token.
        let rest = max(0, bytes.size - place)
        let size = tree.version >= 17 ? try header.int32(36) : min(rest, Self.largest)
        let names = try block(try header.int32(12), try header.int32(32), "block of names")
        let structure = try block(place, size, "structure")
        var walk = DeviceTreeWalk(structure, names: names, tree)
        // What was found before a problem is told, too.
        defer { tree = walk.tree }
        try walk.run()
    }
}
