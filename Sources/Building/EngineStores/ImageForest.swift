import CaissonBuildModel
import CaissonText

/// Images with those that they were made from, as records of a cache.
struct ImageForest {
    /// A record for each image without a name, parents before their children.
    private(set) var records: [CacheRecord] = []

    private let images: [StoredImage]
    private var places: [String: Int] = [:]
    /// Whether an image with a name was made from it.
    private var isBelowName: [Bool] = []
    private var hasChild: [Bool] = []

    /// Takes images; of several with one id the first.
    init(_ all: [StoredImage]) {
        var places: [String: Int] = [:]
        var kept: [StoredImage] = []
        for image in all where places[image.id] == nil {
            places[image.id] = kept.count
            kept.append(image)
        }
        images = kept
        self.places = places
        isBelowName = ancestors { $0.isNamed }
        hasChild = Array(repeating: false, count: kept.count)
        for place in kept.indices { parent(of: place).map { hasChild[$0] = true } }
        let order = parentsFirst()
        let sizes = sizes(in: order)
        records = order.filter { !images[$0].isNamed }.map { record(of: $0, size: sizes[$0]) }
    }

    private func parent(of place: Int) -> Int? { places[images[place].parent] }

    /// The places of what images were made from, up to the first of each line.
    private func ancestors(of isStart: (StoredImage) -> Bool) -> [Bool] {
        var isMarked = Array(repeating: false, count: images.count)
        for place in images.indices where isStart(images[place]) {
            var next = parent(of: place)
            // What is marked was walked before: this ends for images that are each other's parents, too.
            while let found = next, !isMarked[found] {
                isMarked[found] = true
                next = parent(of: found)
            }
        }
        return isMarked
    }

    /// All places, each parent before its children; images that are each other's parents come last.
    private func parentsFirst() -> [Int] {
        var children: [Int: [Int]] = [:]
        var order: [Int] = []
        for place in images.indices {
            guard let parent = parent(of: place) else {
                order.append(place)
                continue
            }
            children[parent, default: []].append(place)
        }
        var next = 0
        while next < order.count {
            order += children[order[next]] ?? []
            next += 1
        }
        let seen = Set(order)
        return order + images.indices.filter { !seen.contains($0) }
    }

    /// The bytes that go with each image: every layer belongs to one alone.
    ///
    /// That is an image that stays, where there is one; else the first in order, so that a layer goes with a parent,
    /// not with a child that goes before it.
    private func sizes(in order: [Int]) -> [Int64] {
        let tree = LayerTree(images)
        var owners: [Int?] = Array(repeating: nil, count: tree.sizes.count)
        let isBelowContainer = ancestors { $0.hasContainer }
        let staying = order.filter {
            images[$0].isNamed || images[$0].hasContainer || isBelowName[$0] || isBelowContainer[$0]
        }
        for place in staying + order {
            for layer in tree.paths[place] where owners[layer] == nil { owners[layer] = place }
        }
        var sizes: [Int64] = Array(repeating: 0, count: images.count)
        for (layer, owner) in owners.enumerated() {
            if let owner { sizes[owner] = sizes[owner].clampedAdding(tree.sizes[layer]) }
        }
        return sizes
    }

    private func record(of place: Int, size: Int64) -> CacheRecord {
        let image = images[place]
        let parent = parent(of: place).map { images[$0] }
        let isOfBuild = parent != nil || hasChild[place] || image.wasNeverNamed
        return CacheRecord(
            id: image.id,
            parents: parent.map { $0.isNamed ? [] : [$0.id] } ?? [],
            description: image.instruction,
            size: size,
            isInUse: isBelowName[place] || image.hasContainer,
            isShared: isBelowName[place] || !isOfBuild,
            created: image.created,
            lastUsed: image.created,
            usageCount: 1
        )
    }
}
