/// How much of a bundle is taken, as it may come from anybody.
package struct BundleLimits: Sendable, Hashable {
    /// The number of builds.
    package var builds = 10_000
    /// The number of files in the tar.
    package var files = 200_000
    /// The bytes of all files together, unpacked, which lie in the scratch file.
    package var content: Int64 = 16 << 30
    /// The bytes of a list, a manifest or a record, which are held in memory one at a time.
    package var document: Int64 = 8 << 20
    /// The bytes of one message of a log, likewise.
    package var message = 32 << 20
    /// The steps of a build of another maker.
    package var steps = 100_000
    /// The bytes of all that is said of these steps, likewise.
    package var stepText = 64 << 20

    /// The limits by default.
    package init() {}
}
