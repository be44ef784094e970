package import CaissonBuildModel
import CaissonText

/// A cache mount as a store has it.
package struct StoredMount: Sendable, Hashable {
    /// The mount that it was read from, and is for.
    package let mount: CarriedMount
    /// The platform that it is for, such as `linux/amd64`.
    package let platform: String
    /// What it holds.
    package let content: MountContent
    /// When this content was saved first.
    package let created: Timestamp
    /// The layer's digest.
    package let layer: ContentDigest
    /// The layer's size in bytes.
    package let layerSize: Int64
    /// The manifest's digest.
    package let manifest: ContentDigest
    /// The manifest's size in bytes.
    package let manifestSize: Int64
    /// When it was saved or restored last, in whole seconds; the only thing that the manifest doesn't tell.
    package var used: Timestamp

    /// The bytes that it takes in a store.
    package var size: Int64 { layerSize.clampedAdding(manifestSize) }

    /// Whether both are of one mount and one platform, so that a store has only one of them.
    package func isSame(as other: StoredMount) -> Bool { isOf(other.mount, other.platform) }

    func isOf(_ mount: CarriedMount, _ platform: String) -> Bool {
        self.mount == mount && self.platform == platform
    }
}
