/// The properties of a flattened device tree, each with the path of its node.
struct DeviceTreeParts {
    private static let longestName = 256
    private static let mostTokens = 1 << 22

    private let bytes: ArtifactBytes
    private let header: FieldBytes
    private let names: FieldBytes
    private var offset: Int
    private var tokenCount = 0
    /// The names of the nodes that are open.
    private var path: [String] = []

    static func add(of bytes: ArtifactBytes, to parts: inout FileParts) throws(ArtifactProblem) {
        var walk = try DeviceTreeParts(bytes)
        while let part = try walk.next() { try parts.add(part) }
        let start = try walk.header.int32(16)
        // The reservations end where the structure begins, as compilers of device trees put them.
        let size = max(0, try walk.header.int32(8) - start)
        let reservations = bytes.window(at: start, count: size)
        try parts.add(FilePart(place: FilePlace(.part, "memory reservations"), bytes: reservations, weight: .side))
    }

    private init(_ bytes: ArtifactBytes) throws(ArtifactProblem) {
        let name = "device tree's header"
        let header = FieldBytes(try bytes.read(40, at: 0, name), isBigEndian: true, name)
        let size = try header.int32(32)
        guard size <= DeviceTreeReader.largest else { throw .tooMany("bytes of names", DeviceTreeReader.largest) }
        let names = try bytes.read(size, at: try header.int32(12), "block of names")
        self.names = FieldBytes(names, isBigEndian: true, "block of names")
        self.header = header
        self.bytes = bytes
        offset = try header.int32(8)
    }

    /// The next property; nil at the end.
    private mutating func next() throws(ArtifactProblem) -> FilePart? {
        while true {
            tokenCount += 1
            guard tokenCount <= Self.mostTokens else { throw .tooMany("tokens", Self.mostTokens) }
            let token = try number()
            switch token {
            case 1: try begin()
            case 2:
                guard path.popLast() != nil else { throw .damaged("a node ends that didn't begin") }
            case 3: return try property()
            case 4: break
            case 9: return nil
            default: throw .damaged("its structure has the token \(token), which there is not")
            }
        }
    }

    private mutating func number() throws(ArtifactProblem) -> UInt32 {
        let field = FieldBytes(try bytes.read(4, at: offset, "structure"), isBigEndian: true, "structure")
        offset += 4
        return try field.u32(0)
    }

    private mutating func begin() throws(ArtifactProblem) {
        guard path.count < DeviceTreeWalk.deepest else { throw .tooMany("levels of nodes", DeviceTreeWalk.deepest) }
        let head = try bytes.prefix(Self.longestName, at: offset)
        guard let end = head.firstIndex(of: 0) else { throw .damaged("a node has a long name") }
        path.append(String(decoding: head[..<end], as: UTF8.self))
        offset = FieldBytes.aligned(offset + end + 1, to: 4)
    }

    private mutating func property() throws(ArtifactProblem) -> FilePart {
        let size = Int(try number())
        let name = names.text(Int(try number()), limit: Self.longestName)
        guard bytes.has(size, at: offset) else { throw .truncated("structure") }
        let value = bytes.window(at: offset, count: size)
        offset = FieldBytes.aligned(offset + size, to: 4)
        let node = path.dropFirst().map { "/" + $0 }.joined()
        return FilePart(place: FilePlace(.property, "\(node)/\(name)"), bytes: value)
    }
}
