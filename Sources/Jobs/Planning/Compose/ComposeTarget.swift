/// What a service's build is to bake: the fields of a target, as far as compose files have them.
package struct ComposeTarget: Sendable, Hashable {
    /// A cache: `type` and what belongs to it.
    package typealias Cache = [String: String]

    /// A secret of the build.
    package struct Secret: Sendable, Hashable {
        /// The name that the Dockerfile uses.
        package var id: String
        /// The file with the value; empty for none.
        package var file: String
        /// The variable with the value; empty for none.
        package var variable: String
    }

    /// An SSH agent, or keys, for the build.
    package struct SSH: Sendable, Hashable {
        /// The name that the Dockerfile uses.
        package var id: String
        /// Sockets or keys; empty for the agent of the environment.
        package var paths: [String]
    }

    /// An attestation.
    package struct Attestation: Sendable, Hashable {
        /// `sbom` or `provenance`.
        package var type: String
        /// Whether there shall be none.
        package var isDisabled: Bool
        /// What else is said of it.
        package var attributes: [String: String]
    }

    /// Where the result goes.
    package struct Output: Sendable, Hashable {
        /// The kind, such as `image` or `local`.
        package var type: String
        /// The file or directory; empty for none.
        package var destination: String
        /// What else is said of it.
        package var attributes: [String: String]
    }

    /// The service's name, with `_` for dots.
    package var name: String
    /// Where the service stands.
    package var place: ComposePlace
    /// The context; nil for the working directory.
    package var context: String?
    /// Named contexts.
    package var contexts: [String: String] = [:]
    /// The Dockerfile's path in the context.
    package var dockerfile: String?
    /// The Dockerfile's text.
    package var dockerfileInline: String?
    /// Build arguments; those without a value anywhere are left out.
    package var arguments: [String: String] = [:]
    /// Labels of the image.
    package var labels: [String: String] = [:]
    /// Names of the image.
    package var tags: [String] = []
    /// Caches that are read.
    package var cacheFrom: [Cache] = []
    /// Caches that are written.
    package var cacheTo: [Cache] = []
    /// The stage that is built.
    package var target: String?
    /// Secrets.
    package var secrets: [Secret] = []
    /// SSH agents and keys, sorted.
    package var ssh: [SSH] = []
    /// Platforms.
    package var platforms: [String] = []
    /// Where the result goes.
    package var outputs: [Output] = []
    /// Whether base images are looked for anew; nil where nothing is said.
    package var pull: Bool?
    /// Whether nothing is taken from the cache; nil where nothing is said.
    package var noCache: Bool?
    /// The network of `RUN`.
    package var network: String?
    /// Stages for which nothing is taken from the cache.
    package var noCacheFilter: [String] = []
    /// The size of /dev/shm with its unit, as docker shows it.
    package var shmSize: String?
    /// Limits as `NAME=SOFT:HARD`, sorted.
    package var ulimits: [String] = []
    /// Hosts and their addresses, several with commas between them.
    package var extraHosts: [String: String] = [:]
    /// Attestations: sbom, then provenance.
    package var attestations: [Attestation] = []
}
