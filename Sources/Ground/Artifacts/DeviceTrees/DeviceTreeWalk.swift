import CaissonText

/// Goes through the nodes of a device tree, from token to token; how deep they are is counted and not recursed.
struct DeviceTreeWalk {
    /// As deep as Linux goes (`FDT_MAX_DEPTH` of drivers/of/fdt.c).
    static let deepest = 64
    static let mostNodes = 1 << 20
    private static let longestText = 4096
    private static let longestName = 256
    private static let mostTopNodes = 4096

    private let structure: FieldBytes
    private let names: FieldBytes
    private var offset = 0
    private var level = 0
    /// What was found so far.
    private(set) var tree: DeviceTree

    /// The tokens (`FDT_BEGIN_NODE` and its like of the specification).
    private enum Token {
        static let begin: UInt32 = 1
        static let end: UInt32 = 2
        static let property: UInt32 = 3
        static let nothing: UInt32 = 4
        static let last: UInt32 = 9
    }

    init(_ structure: FieldBytes, names: FieldBytes, _ tree: DeviceTree) {
        self.structure = structure
        self.names = names
        self.tree = tree
    }

    /// Goes through all nodes.
    mutating func run() throws(ArtifactProblem) {
        while true {
            let token = try structure.u32(offset)
            offset += 4
            switch token {
            case Token.begin: try begin()
            case Token.end:
                guard level > 0 else { throw .damaged("a node ends that didn't begin") }
                level -= 1
            case Token.property: try property()
            case Token.nothing: break
            case Token.last:
                guard level == 0, tree.nodeCount > 0 else { throw .damaged("it ends within a node") }
                return
            default: throw .damaged("its structure has the token \(token), which there is not")
            }
        }
    }

    private mutating func begin() throws(ArtifactProblem) {
        let rest = structure.bytes[min(offset, structure.bytes.count)...]
        guard let end = rest.firstIndex(of: 0) else { throw .truncated("structure") }
        guard level > 0 || tree.nodeCount == 0 else { throw .damaged("it has more than one root") }
        guard level < Self.deepest else { throw .tooMany("levels of nodes", Self.deepest) }
        guard tree.nodeCount < Self.mostNodes else { throw .tooMany("nodes", Self.mostNodes) }
        let name = structure.text(offset, limit: min(end - offset, Self.longestName))
        offset = FieldBytes.aligned(end + 1, to: 4)
        tree.nodeCount += 1
        level += 1
        tree.depth = max(tree.depth, level)
        if level == 2, tree.topNodes.count < Self.mostTopNodes { tree.topNodes.append(name) }
        if level == 3, name == "__overlay__" { tree.fragmentCount += 1 }
    }

    private mutating func property() throws(ArtifactProblem) {
        let size = try structure.int32(offset)
        let name = try structure.int32(offset + 4)
        guard level > 0 else { throw .damaged("a property is outside the root") }
        let value = offset + 8
        guard size <= structure.bytes.count - value else { throw .truncated("structure") }
        guard name < names.bytes.count else { throw .damaged("the name of a property is outside its block of names") }
        offset = FieldBytes.aligned(value + size, to: 4)
        tree.propertyCount += 1
        guard level == 1 else { return }
        let text = names.text(name, limit: Self.longestName)
        if text == "model", tree.model == nil {
            tree.model = structure.text(value, limit: min(size, Self.longestText))
        } else if text == "compatible", tree.compatible.isEmpty {
            let list = structure.bytes[value..<(value + min(size, Self.longestText))]
            tree.compatible = list.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        }
    }
}
