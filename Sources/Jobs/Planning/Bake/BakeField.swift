/// The names of what targets and groups are made of, as bake files spell them; in the order in which they are printed.
package enum BakeKey: String, Sendable, CaseIterable {
    case description, inherits, targets, annotations, attest, context, contexts, dockerfile
    case dockerfileInline = "dockerfile-inline"
    case args, labels, tags
    case cacheFrom = "cache-from"
    case cacheTo = "cache-to"
    case target, secret, ssh, platforms, output, pull
    case noCache = "no-cache"
    case network
    case noCacheFilter = "no-cache-filter"
    case shmSize = "shm-size"
    case ulimits, resources, call, entitlements
    case extraHosts = "extra-hosts"
    case policy
}

/// A field of targets or groups: one row tells how it is read, merged, overridden, printed and documented.
package struct BakeField: Sendable {
    /// What a field holds.
    package enum Form: Sendable, Hashable {
        /// A text.
        case text
        /// True or false.
        case flag
        /// Texts in order.
        case texts
        /// Texts by name; a name may stand for nothing where nulls are allowed.
        case pairs(allowsNull: Bool)
        /// Entries, each written as a text or as an object.
        case entries(BakeEntry.Kind)
        /// Limits of a build step by name, some of them whole numbers.
        case resources
    }

    /// What a value does to the one before it: of an earlier file, of a parent.
    package enum Merging: Sendable {
        /// Takes its place.
        case replace
        /// Is added to it: lists behind it, names beside its names. Entries with a key take the places of their likes.
        case add
    }

    /// How `--set` writes the field.
    package enum Setting: Sendable, Hashable {
        /// It can't be set.
        case never
        /// As `target.KEY=VALUE`.
        case value
        /// As `target.KEY=VALUE`, any number of times, and `target.KEY+=VALUE`; under this key.
        case list(String, alwaysAdds: Bool = false)
        /// As `target.KEY.NAME=VALUE`.
        case named
    }

    /// The name.
    package let key: BakeKey
    /// What it holds.
    package let form: Form
    /// What happens to an earlier value.
    package let merging: Merging
    /// How `--set` writes it.
    package let setting: Setting
    /// Whether `${` and `%{` in its texts are printed as `$${` and `%%{`, so that what is printed can be read again.
    package let isEscaped: Bool
    /// What it is for, in a sentence.
    package let description: String

    init(
        _ key: BakeKey,
        _ form: Form,
        _ merging: Merging,
        set setting: Setting,
        isEscaped: Bool = false,
        _ description: String
    ) {
        self.key = key
        self.form = form
        self.merging = merging
        self.setting = setting
        self.isEscaped = isEscaped
        self.description = description
    }
}

// MARK: - The tables

extension BakeField {
    /// The fields of a target.
    package static let target: [BakeField] = sources + image + results + limits

    private static let sources: [BakeField] = [
        BakeField(.description, .text, .replace, set: .never, "What the target is, for people."),
        BakeField(.inherits, .texts, .add, set: .never, "The targets whose fields it takes over, later ones first."),
        BakeField(.context, .text, .replace, set: .value, "The build context: a directory or an address."),
        BakeField(
            .contexts,
            .pairs(allowsNull: false),
            .add,
            set: .named,
            "Named contexts: directories, addresses, docker-image:// and target: among them."
        ),
        BakeField(.dockerfile, .text, .replace, set: .value, "The Dockerfile's path within the context."),
        BakeField(
            .dockerfileInline,
            .text,
            .replace,
            set: .never,
            isEscaped: true,
            "The text of a Dockerfile, which is taken instead of the file."
        ),
        BakeField(
            .args,
            .pairs(allowsNull: true),
            .add,
            set: .named,
            isEscaped: true,
            "Build arguments; null leaves the Dockerfile's default."
        ),
        BakeField(.target, .text, .replace, set: .value, "The stage to build."),
        BakeField(.call, .text, .replace, set: .value, "What is asked of the Dockerfile instead of a build."),
    ]

    private static let image: [BakeField] = [
        BakeField(
            .annotations,
            .texts,
            .add,
            set: .list("annotations", alwaysAdds: true),
            isEscaped: true,
            "Annotations of the image's manifests and indexes."
        ),
        BakeField(
            .attest,
            .entries(.attestation),
            .add,
            set: .list("attest", alwaysAdds: true),
            "Attestations, each type once."
        ),
        BakeField(.labels, .pairs(allowsNull: true), .add, set: .named, isEscaped: true, "Labels of the image."),
        BakeField(.tags, .texts, .replace, set: .list("tags"), "The image's names."),
        BakeField(.platforms, .texts, .replace, set: .list("platform"), "The platforms to build for."),
    ]

    private static let results: [BakeField] = [
        BakeField(.cacheFrom, .entries(.cache), .add, set: .list("cache-from"), "Caches to read."),
        BakeField(.cacheTo, .entries(.cache), .replace, set: .list("cache-to"), "Caches to write."),
        BakeField(.secret, .entries(.secret), .add, set: .list("secrets"), "Secrets of the build, each name once."),
        BakeField(.ssh, .entries(.ssh), .add, set: .list("ssh"), "SSH agents and keys, each name once."),
        BakeField(.output, .entries(.output), .replace, set: .list("output"), "Where the result goes."),
        BakeField(.pull, .flag, .replace, set: .value, "Whether base images are looked up anew."),
        BakeField(.noCache, .flag, .replace, set: .value, "Whether the cache is left aside."),
        BakeField(
            .noCacheFilter,
            .texts,
            .add,
            set: .list("no-cache-filter"),
            "The stages for which the cache is left aside."
        ),
        BakeField(.policy, .entries(.policy), .add, set: .list("policy"), "Policies that sources have to meet."),
    ]

    private static let limits: [BakeField] = [
        BakeField(.network, .text, .replace, set: .value, "The network of RUN: default, none or host."),
        BakeField(.shmSize, .text, .replace, set: .value, "The size of /dev/shm in RUN."),
        BakeField(.ulimits, .texts, .add, set: .list("ulimits"), "The limits of processes in RUN."),
        BakeField(.resources, .resources, .add, set: .named, "The memory and processors of RUN."),
        BakeField(
            .entitlements,
            .texts,
            .add,
            set: .list("entitlements", alwaysAdds: true),
            "What the build may do beyond the usual: network.host, security.insecure, device."
        ),
        BakeField(
            .extraHosts,
            .pairs(allowsNull: true),
            .add,
            set: .named,
            isEscaped: true,
            "Names of hosts with their addresses, for RUN."
        ),
    ]

    /// The fields of a group.
    package static let group: [BakeField] = [
        BakeField(.description, .text, .replace, set: .never, "What the group is, for people."),
        BakeField(.targets, .texts, .replace, set: .never, "The targets and groups in it."),
    ]

    private static let byKey = Dictionary(uniqueKeysWithValues: target.map { ($0.key, $0) })

    /// The target's field of that name; nil for one that only groups have.
    package static func named(_ key: BakeKey) -> BakeField? { byKey[key] }

    /// The key and the field that `--set` knows by this word.
    static func settable(_ word: String) -> BakeField? { bySetting[word] }

    /// Every word that `--set` takes for a key, besides `secret`, `push` and `load`.
    static let settingWords = bySetting.keys.sorted()

    private static let bySetting: [String: BakeField] = {
        var fields: [String: BakeField] = [:]
        for field in target {
            switch field.setting {
            case .never: break
            case .value, .named: fields[field.key.rawValue] = field
            case .list(let word, _): fields[word] = field
            }
        }
        return fields
    }()
}
