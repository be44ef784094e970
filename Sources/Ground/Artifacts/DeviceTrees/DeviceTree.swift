/// What a flattened device tree says: a `.dtb`, an overlay or an image tree of U-Boot.
package struct DeviceTree: Sendable, Hashable {
    /// What a device tree is for.
    package enum Purpose: Sendable, Hashable {
        /// It describes a machine.
        case machine
        /// It changes another one: it has fragments with `__overlay__`.
        case overlay
        /// It holds images for U-Boot.
        case images
    }

    /// A range of memory that must be left alone.
    package struct Reservation: Sendable, Hashable {
        /// Where it begins.
        package var address: UInt64
        /// How many bytes it has.
        package var size: UInt64
    }

    /// The version of the format.
    package var version: UInt32
    /// How many bytes it says to have.
    package var totalSize: Int
    /// The processor that begins.
    package var bootProcessor: UInt32 = 0
    /// The ranges of memory that must be left alone, in their order.
    package var reservations: [Reservation] = []
    /// The root's `model`.
    package var model: String?
    /// The root's `compatible`: what the machine is, the most precise first.
    package var compatible: [String] = []
    /// How many nodes there are, the root included.
    package var nodeCount = 0
    /// How many properties there are.
    package var propertyCount = 0
    /// How many levels of nodes there are.
    package var depth = 0
    /// The names of the nodes right under the root, in their order.
    package var topNodes: [String] = []
    /// How many of them are fragments of an overlay.
    package var fragmentCount = 0
    /// What is wrong with it.
    package var problems: [ArtifactProblem] = []

    /// What it is for.
    package var purpose: Purpose {
        if fragmentCount > 0 { return .overlay }
        return topNodes.contains("images") && topNodes.contains("configurations") ? .images : .machine
    }

    /// Whether it was made with the names that overlays refer to: it has `__symbols__`.
    package var hasSymbols: Bool { topNodes.contains("__symbols__") }
}
