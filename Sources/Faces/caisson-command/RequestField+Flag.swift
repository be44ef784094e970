import CaissonBuildModel

extension RequestField {
    /// The flag of `caisson build` that sets the field.
    var flag: String {
        switch self {
        case .annotations: "--annotation"
        case .attestations: "--attest"
        case .buildArgs: "--build-arg"
        case .builder: "--builder"
        case .cacheDestinations: "--cache-to"
        case .cacheOnFailure: "--cache-on-failure"
        case .cachePatience: "--cache-timeout"
        case .cacheSources: "--cache-from"
        case .cgroupParent: "--cgroup-parent"
        case .classicBuilder: "--classic"
        case .contexts: "--build-context"
        case .dockerfile: "--file"
        case .engineAddress: "--addr"
        case .entitlements: "--allow"
        case .exports: "--output"
        case .extraHosts: "--add-host"
        case .insecureRegistries: "--registry-insecure"
        case .labels: "--label"
        case .load: "--load"
        case .network: "--network"
        case .noCache: "--no-cache"
        case .noCacheStages: "--no-cache-filter"
        case .platforms: "--platform"
        case .provenance: "--provenance"
        case .pull: "--pull"
        case .push: "--push"
        case .question: "--call"
        case .resources: "--resource"
        case .retries: "--retry"
        case .sbom: "--sbom"
        case .secrets: "--secret"
        case .shmSize: "--shm-size"
        case .sourcePolicy: "--source-policy-file"
        case .ssh: "--ssh"
        case .tags: "--tag"
        case .target: "--target"
        case .ulimits: "--ulimit"
        }
    }
}
