/// How much of an artifact is taken, so that none keeps a reader busy or fills the memory.
package struct ArtifactLimits: Sendable, Hashable {
    /// The bytes that a compressed file may have unpacked, in memory while it is read.
    package var unpackedBytes = 512 << 20
    /// The unpacked bytes that the payload of a kernel image is gone through, of which none are kept.
    package var payloadBytes = 1 << 30
    /// The bytes of an image or of a program's segments that a banner is looked for in.
    package var scannedBytes = 1 << 30
    /// Whether the payload of a kernel image is unpacked at all; it takes a second or so for each.
    package var readsPayloads = true
    /// Whether the names in a package's data are read; it takes some seconds for a large one.
    package var readsPackageData = false

    /// The limits by default.
    package init() {}
}
