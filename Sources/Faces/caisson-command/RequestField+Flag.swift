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

extension RequestField {
    /// The word that manifests have for the field; the flag of `caisson batch` where only that sets it.
    var manifestWord: String {
        switch self {
        case .annotations: "annotations"
        case .attestations: "attest"
        case .buildArgs: "args"
        case .cacheDestinations: "cache-to"
        case .cacheSources: "cache-from"
        case .contexts: "contexts"
        case .dockerfile: "dockerfile"
        case .entitlements: "entitlements"
        case .exports: "output"
        case .extraHosts: "extra-hosts"
        case .labels: "labels"
        case .network: "network"
        case .noCache: "no-cache"
        case .noCacheStages: "no-cache-filter"
        case .platforms: "platforms"
        case .pull: "pull"
        case .question: "call"
        case .resources: "resources"
        case .secrets: "secret"
        case .shmSize: "shm-size"
        case .ssh: "ssh"
        case .tags: "tags"
        case .target: "target"
        case .ulimits: "ulimits"
        case .builder, .cacheOnFailure, .cachePatience, .cgroupParent, .classicBuilder, .engineAddress,
            .insecureRegistries, .load, .provenance, .push, .retries, .sbom, .sourcePolicy:
            flag
        }
    }
}
