import CaissonBuildModel
import CaissonSystem
import CaissonText
import Glibc

/// Reads the manifests of a folder, level by level, each once: so cycles and what many name cost nothing.
struct LayoutGraphBuilder {
    private let limits: LayoutGraph.Limits
    private let read: (BlobDigest, Int) throws(LayoutFolder.ReadFailure) -> [UInt8]
    private var graph = LayoutGraph()
    private var isQueued: [Bool] = []
    private var level: [Int] = []
    private var bytesRead = 0
    private var edgeCount = 0

    /// - Parameter read: Gives the content of a blob that isn't longer than a limit.
    init(
        limits: LayoutGraph.Limits = LayoutGraph.Limits(),
        read: @escaping (BlobDigest, Int) throws(LayoutFolder.ReadFailure) -> [UInt8]
    ) {
        self.limits = limits
        self.read = read
    }

    /// The graph below the entries of an index and below the blobs that are named beside it.
    consuming func build(_ entries: [LayoutIndex.Entry], beside others: [BlobDigest]) -> LayoutGraph {
        for entry in entries {
            guard let digest = entry.digest else {
                graph.roots.append(nil)
                if let foreign = entry.foreign { note(foreign) }
                continue
            }
            graph.roots.append(name(digest, entry.mediaType, entry.size, mayNameOthers: true))
        }
        graph.others = others.compactMap { name($0, "", nil, mayNameOthers: false) }
        for _ in 0..<limits.depth where !level.isEmpty { readLevel() }
        if !level.isEmpty { graph.problems.append("manifests are nested more than \(limits.depth) deep") }
        return graph
    }

    private mutating func readLevel() {
        let now = level
        level = []
        for index in now {
            if graph.problems.count < 20 { expand(index) }
        }
    }

    /// The node of a blob, made where it is new; nil where there are too many.
    private mutating func name(
        _ digest: BlobDigest,
        _ mediaType: String,
        _ size: Int64?,
        mayNameOthers: Bool
    ) -> Int? {
        edgeCount += 1
        guard edgeCount <= limits.edges else { return tooMany("more than \(limits.edges) blobs are named") }
        let index: Int
        if let known = graph.positions[digest] {
            index = known
        } else {
            index = graph.nodes.count
            guard index < limits.nodes else { return tooMany("more than \(limits.nodes) blobs are named") }
            graph.nodes.append(LayoutGraph.Node(digest: digest, mediaType: mediaType, declaredSize: size))
            graph.positions[digest] = index
            isQueued.append(false)
        }
        if mayNameOthers, !isQueued[index] {
            isQueued[index] = true
            level.append(index)
            if graph.nodes[index].mediaType.isEmpty { graph.nodes[index].mediaType = mediaType }
        }
        return index
    }

    private mutating func tooMany(_ problem: String) -> Int? {
        if graph.problems.last != problem { graph.problems.append(problem) }
        return nil
    }

    private mutating func note(_ foreign: String) {
        _ = tooMany("\(foreign.quoted) is a digest of an unknown kind")
    }

    private mutating func expand(_ index: Int) {
        let digest = graph.nodes[index].digest
        let bytes: [UInt8]
        do {
            guard bytesRead < limits.allBytes else {
                _ = tooMany("the manifests have more than \(limits.allBytes) bytes together")
                return
            }
            bytes = try read(digest, limits.manifestBytes)
        } catch {
            return note(error, index)
        }
        bytesRead += bytes.count
        guard let content = ManifestContent(parsing: bytes) else {
            // A type that isn't known need not be one of manifests.
            if Descriptor.isManifest(graph.nodes[index].mediaType) { graph.nodes[index].state = .damaged }
            return
        }
        if ContentDigest(of: bytes, digest.algorithm).description != digest.description {
            graph.nodes[index].state = .damaged
        }
        add(content, to: index)
    }

    private mutating func note(_ failure: LayoutFolder.ReadFailure, _ index: Int) {
        let digest = graph.nodes[index].digest
        let problem: String
        switch failure {
        // The listing of the folder tells these.
        case .missing, .notRegular: return
        case .tooLarge: problem = "is larger than \(limits.manifestBytes) bytes"
        case .system(let number): problem = "can't be read: \(Errno(number))"
        }
        graph.nodes[index].state = .unreadable(problem)
        graph.problems.append("the manifest \(digest) \(problem)")
    }

    private mutating func add(_ content: ManifestContent, to index: Int) {
        var children: [Int] = []
        var seen: Set<Int> = []
        graph.nodes[index].isIndex = content.isIndex
        if let foreign = content.foreign { note(foreign) }
        for (list, areManifests) in [(content.manifests, true), (content.contents, false)] {
            for descriptor in list {
                let mayNameOthers = descriptor.isManifest || (areManifests && !descriptor.isLeaf)
                let child = name(
                    descriptor.digest,
                    descriptor.mediaType,
                    descriptor.size,
                    mayNameOthers: mayNameOthers
                )
                guard let child else { return }
                if seen.insert(child).inserted { children.append(child) }
                if descriptor.isCacheConfiguration { graph.nodes[index].isCacheManifest = true }
            }
        }
        graph.nodes[index].children = children
    }
}
