package import CaissonJSON
import CaissonText

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

extension ComposeTarget {
    /// The target as a bake file in JSON has it; fields that say nothing are left out, and nothing is escaped.
    package var json: JSON {
        var members = texts.map { JSONMember($0.key, .string($0.value)) }
        members += tables.filter { !$0.value.isEmpty }.map { JSONMember($0.key, JSON($0.value)) }
        members += lists.filter { !$0.value.isEmpty }.map { JSONMember($0.key, .array($0.value)) }
        if let pull { members.append(JSONMember("pull", .bool(pull))) }
        if let noCache { members.append(JSONMember("no-cache", .bool(noCache))) }
        return .object(members.sorted { JSON.precedes($0.name, $1.name) })
    }

    private var texts: [String: String] {
        let texts: [String: String?] = [
            "context": context, "dockerfile": dockerfile, "dockerfile-inline": dockerfileInline, "target": target,
            "network": network, "shm-size": shmSize,
        ]
        return texts.compactMapValues { $0 }
    }

    private var tables: [String: [String: String]] {
        ["contexts": contexts, "args": arguments, "labels": labels, "extra-hosts": extraHosts]
    }

    private var lists: [String: [JSON]] {
        [
            "tags": tags.map { .string($0) },
            "platforms": platforms.map { .string($0) },
            "no-cache-filter": noCacheFilter.map { .string($0) },
            "ulimits": ulimits.map { .string($0) },
            "cache-from": cacheFrom.map { JSON($0) },
            "cache-to": cacheTo.map { JSON($0) },
            "secret": secrets.map {
                JSON(["id": $0.id, "src": $0.file, "env": $0.variable].filter { !$0.value.isEmpty })
            },
            "ssh": ssh.map(\.json),
            "output": outputs.map(\.json),
            "attest": attestations.map(\.json),
        ]
    }
}

extension ComposeTarget.SSH {
    fileprivate var json: JSON {
        let paths = paths.isEmpty ? [] : [JSONMember("paths", .array(paths.map { .string($0) }))]
        return .object([JSONMember("id", .string(id))] + paths)
    }
}

extension ComposeTarget.Output {
    fileprivate var json: JSON {
        var texts = attributes
        texts["type"] = type
        if !destination.isEmpty { texts["dest"] = destination }
        return JSON(texts)
    }
}

extension ComposeTarget.Attestation {
    fileprivate var json: JSON {
        var values = attributes.mapValues { JSON.string($0) }
        values["type"] = .string(type)
        if isDisabled { values["disabled"] = .bool(true) }
        return JSON(values)
    }
}
