/// An operating system and processor, as images name it: `linux/arm64`, `linux/arm/v7`.
public struct Platform: Sendable, Hashable {
    /// The operating system, such as `linux`.
    public var os: String
    /// The processor by Go's name, such as `amd64`.
    public var architecture: String
    /// The processor's variant, such as `v7`; empty for none.
    public var variant: String
    /// The version of the operating system, and after `+` its features, such as `10.0.17763` for Windows; empty for any.
    public var osVersion: String

    /// Makes a platform of normalised parts.
    public init(os: String, architecture: String, variant: String = "", osVersion: String = "") {
        self.os = os
        self.architecture = architecture
        self.variant = variant
        self.osVersion = osVersion
    }

    /// Whether what is for this platform is for the other one, too: one without a version is for all versions.
    package func covers(_ other: Platform) -> Bool {
        var any = other
        any.osVersion = ""
        return self == other || self == any
    }
}
