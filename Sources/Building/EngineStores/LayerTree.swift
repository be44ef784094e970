import CaissonText

/// The layers of all images as the engines' stores have them: a layer on another is one of its own, and kept once.
///
/// No engine tells the size of a layer, but of each image the sum; so the size of a layer is what its image has more
/// than the next image below, and layers in between count for nothing.
struct LayerTree {
    /// The places of each image's layers, the lowest first.
    private(set) var paths: [[Int]] = []
    /// The bytes of each layer.
    private(set) var sizes: [Int64] = []

    private struct Edge: Hashable {
        var below: Int
        var digest: String
    }

    /// Takes images; one without layers takes up nothing that others share.
    init(_ images: [StoredImage]) {
        var places: [Edge: Int] = [:]
        var sums: [Int64?] = []
        for image in images {
            var path: [Int] = []
            for digest in image.layers {
                let edge = Edge(below: path.last ?? -1, digest: digest)
                let place = places[edge] ?? sums.count
                if place == sums.count { sums.append(nil) }
                places[edge] = place
                path.append(place)
            }
            // Podman counts an image's configuration in, so the smallest is nearest to the layers alone.
            if let top = path.last { sums[top] = min(sums[top] ?? .max, image.size) }
            paths.append(path)
        }
        sizes = Array(repeating: 0, count: sums.count)
        for path in paths {
            var below: Int64 = 0
            for place in path {
                guard let sum = sums[place] else { continue }
                sizes[place] = max(0, sum.clampedAdding(-below))
                below = max(below, sum)
            }
        }
    }
}
