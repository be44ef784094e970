/// An operating system and processor, as images name it: `linux/arm64`, `linux/arm/v7`.
public struct Platform: Sendable, Hashable {
    /// The operating system, such as `linux`.
    public var os: String
    /// The processor by Go's name, such as `amd64`.
    public var architecture: String
    /// The processor's variant, such as `v7`; empty for none.
    public var variant: String

    /// Makes a platform of normalised parts.
    public init(os: String, architecture: String, variant: String = "") {
        self.os = os
        self.architecture = architecture
        self.variant = variant
    }
}
