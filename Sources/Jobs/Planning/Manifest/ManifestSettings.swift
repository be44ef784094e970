import CaissonBuildModel
import CaissonHCL
import CaissonText

/// How a target of a manifest is run, as far as that is said: by itself, its parents, or for all.
struct ManifestSettings: Sendable {
    /// The dependencies by the names that they are written with.
    var dependencies: [String: ManifestDependency] = [:]
    /// What is said beside them and beside retries.
    var policy = NodePolicy()
    /// How it is tried again.
    var retry: Retry?
    /// The templates by the ids of the secrets that they make.
    var templates: [String: ManifestTemplate] = [:]
    /// The values of the keys that targets of its kind have.
    var values: [String: HCLValue] = [:]

    /// Parts of a retry policy that are said.
    struct Retry: Sendable {
        var attempts: Int?
        var delay: Duration?
        var causes: Set<RetryPolicy.Cause>?

        /// The policy, with what is usual for what isn't said.
        var policy: RetryPolicy {
            var policy = RetryPolicy()
            policy.attempts = attempts ?? policy.attempts
            policy.delay = delay ?? policy.delay
            policy.causes = causes ?? policy.causes
            return policy
        }
    }

    /// Takes over what counts more; dependencies and templates are added, of one name the later ones count.
    mutating func merge(_ later: ManifestSettings) {
        dependencies.merge(later.dependencies) { $1 }
        templates.merge(later.templates) { $1 }
        values.merge(later.values) { $1 }
        policy.merge(later.policy)
        guard let new = later.retry else { return }
        retry = Retry(
            attempts: new.attempts ?? retry?.attempts,
            delay: new.delay ?? retry?.delay,
            causes: new.causes ?? retry?.causes
        )
    }
}

extension NodePolicy {
    fileprivate mutating func merge(_ later: NodePolicy) {
        priority = later.priority ?? priority
        timeout = later.timeout ?? timeout
        silenceTimeout = later.silenceTimeout ?? silenceTimeout
        owner = later.owner ?? owner
        project = later.project ?? project
        group = later.group ?? group
        needs.milliprocessors = later.needs.milliprocessors ?? needs.milliprocessors
        needs.memory = later.needs.memory ?? needs.memory
        needs.disk = later.needs.disk ?? needs.disk
        needs.network = later.needs.network ?? needs.network
    }
}

/// A dependency as it is written: on a target or a group.
struct ManifestDependency: Sendable {
    static let conditions = ["success", "always", "image"]

    /// How it has to end.
    var condition: String
    /// The name of the context that its image becomes, where one is given.
    var context: String?
    /// Where it is said.
    var range: HCLRange

    /// The same on one target.
    func on(_ node: String) -> Dependency {
        switch condition {
        case "image": Dependency(on: node, .image(as: context ?? node))
        case "always": Dependency(on: node, .always)
        default: Dependency(on: node)
        }
    }

    /// The dependencies that a list or a table describes.
    static func all(of value: HCLValue, at range: HCLRange) throws(BakeValueError) -> [String: ManifestDependency] {
        var found: [String: ManifestDependency] = [:]
        if let members = value.members {
            for (name, value) in zip(members.names, members.values) {
                found[name] = try ManifestDependency(value, on: name, at: range)
            }
            return found
        }
        for name in try value.manifestTexts { found[name] = ManifestDependency(condition: "success", range: range) }
        return found
    }

    private init(condition: String, range: HCLRange) {
        self.condition = condition
        self.range = range
    }

    private init(_ value: HCLValue, on name: String, at range: HCLRange) throws(BakeValueError) {
        var condition = value
        if let members = value.members?.dictionary {
            try value.check(.dependency, named: name)
            condition = members["condition"] ?? .null()
            context = try members["as"]?.manifestText
        }
        let word = try condition.manifestText
        guard Self.conditions.contains(word) else {
            throw BakeValueError("\(name) is \(word.quoted); write \(Self.conditions.joinedAsChoice)")
        }
        guard context == nil || word == "image" else {
            throw BakeValueError("\(name) has as, which only goes with the condition image")
        }
        self.condition = word
        self.range = range
    }
}

/// A template of a target, and where it is said.
struct ManifestTemplate: Sendable {
    var secret: SecretSpec
    var range: HCLRange
}

// MARK: - From values

extension ManifestSettings {
    /// Takes over the value of a key; null says nothing.
    mutating func set(_ item: ManifestReader.Item, _ value: HCLValue) throws(BakeValueError) {
        guard !value.isNull else { return }
        guard item.key.reader == .policy else {
            values[item.key.name] = value
            return
        }
        switch item.key.name {
        case "depends-on": dependencies = try ManifestDependency.all(of: value, at: item.nameRange)
        case "priority": policy.priority = try value.manifestPriority
        case "timeout": policy.timeout = try value.manifestDuration(least: .nanoseconds(1))
        case "silence-timeout": policy.silenceTimeout = try value.manifestDuration(least: .nanoseconds(1))
        case "owner": policy.owner = try value.manifestText
        case "project": policy.project = try value.manifestText
        case "group": policy.group = try value.manifestText
        case "retry": retry = try Retry(value)
        case "resources": policy.needs = try MachineNeeds(value)
        case "templates": try addTemplates(value, at: item.nameRange)
        default: throw BakeValueError("nothing reads it")
        }
    }

    private mutating func addTemplates(_ value: HCLValue, at range: HCLRange) throws(BakeValueError) {
        for element in try value.manifestElements {
            let members = try element.manifestTable(.template, named: "a template")
            guard let source = members["source"], let secrets = members["secrets"] else {
                throw BakeValueError("a template needs source and secrets")
            }
            let path = try source.manifestText
            let name = path.pieces(at: "/").last ?? path
            let id = try members["target"]?.manifestText ?? name
            guard !id.isEmpty, templates[id] == nil else {
                throw BakeValueError(
                    id.isEmpty
                        ? "the source \(path.quoted) has no name; name a file"
                        : "two templates make the secret \(id.quoted); give one of them another target"
                )
            }
            let spec = SecretSpec(id: id, source: .template(path, secrets: try secrets.manifestTexts))
            templates[id] = ManifestTemplate(secret: spec, range: range)
        }
    }
}

extension ManifestSettings.Retry {
    init(_ value: HCLValue) throws(BakeValueError) {
        let members = try value.manifestTable(.retry, named: "retry")
        if let number = members["attempts"] {
            attempts = try number.manifestWhole(in: 1...100, "attempts")
        }
        delay = try members["delay"]?.manifestDuration(least: .zero)
        guard let on = members["on"] else { return }
        let words = on.elements == nil ? [try on.manifestText] : try on.manifestTexts
        var found: Set<RetryPolicy.Cause> = []
        for word in words {
            guard let cause = RetryPolicy.Cause(rawValue: word) else {
                throw BakeValueError("on is \(word.quoted); there is \(RetryPolicy.Cause.words.joinedAsChoice)")
            }
            found.insert(cause)
        }
        causes = found
    }
}

extension MachineNeeds {
    fileprivate init(_ value: HCLValue) throws(BakeValueError) {
        self.init()
        let members = try value.manifestTable(.resources, named: "resources")
        if let cpus = members["cpus"] { milliprocessors = try cpus.manifestThousandths("cpus") }
        memory = try members["memory"]?.manifestSize("memory")
        disk = try members["disk"]?.manifestSize("disk")
        network = try members["network"]?.brought(to: .bool).bool
    }
}
