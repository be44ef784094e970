import CaissonBuildModel

extension RequestField {
    /// The flag of `caisson build` that sets the field.
    var flag: String {
        switch self {
        case .annotations: "--annotation"
        case .attestations: "--attest"
        case .buildArgs: "--build-arg"
        case .cacheDestinations: "--cache-to"
        case .cacheOnFailure: "--cache-on-failure"
        case .dockerfile: "--file"
        case .entitlements: "--allow"
        case .platforms: "--platform"
        case .ssh: "--ssh"
        case .tags: "--tag"
        }
    }
}
