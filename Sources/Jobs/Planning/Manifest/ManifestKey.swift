import CaissonBuildModel

/// A key of `caisson.yaml`: one row tells how it is read, what the JSON Schema says of it, and what it is for.
package struct ManifestKey: Sendable {
    /// Who reads the value.
    enum Reader: Sendable, Hashable {
        /// The manifest itself.
        case manifest
        /// What reads bake files, under this name there.
        case bake(String)
        /// What says how a target is run.
        case policy
        /// Who runs the jobs of a kind that isn't a build.
        case kind
    }

    /// The name.
    package let name: String
    /// What its value looks like.
    package let form: ManifestForm
    /// Whether it has to be there.
    package let isRequired: Bool
    /// What it is for, in a sentence.
    package let description: String
    let reader: Reader

    init(
        _ name: String,
        _ form: ManifestForm,
        isRequired: Bool = false,
        by reader: Reader = .manifest,
        _ description: String
    ) {
        self.name = name
        self.form = form
        self.isRequired = isRequired
        self.reader = reader
        self.description = description
    }

    /// A key that targets of a kind have besides those of all targets.
    package init(_ name: String, _ form: ManifestForm, isRequired: Bool = false, of kind: String, _ description: String)
    {
        self.init(name, form, isRequired: isRequired, by: .kind, description)
    }
}

/// A kind of job: what `kind` says of a target.
package struct ManifestKind: Sendable {
    /// The name.
    package let name: String
    /// What it is, in a sentence.
    package let description: String
    /// Whether its targets have the fields that bake's targets have.
    package let hasBuildFields: Bool
    /// The keys that its targets have besides.
    package let keys: [ManifestKey]

    /// Makes a kind.
    package init(_ name: String, hasBuildFields: Bool, keys: [ManifestKey] = [], _ description: String) {
        self.name = name
        self.hasBuildFields = hasBuildFields
        self.keys = keys
        self.description = description
    }

    /// The kind of a target that says nothing.
    package static let build = ManifestKind("build", hasBuildFields: true, "An image or files, made by a Dockerfile.")
}

// MARK: - The table

extension ManifestKey {
    /// The keys that are known at a place, in the order in which they are documented.
    package static func keys(at place: ManifestPlace) -> [ManifestKey] {
        switch place {
        case .top: top
        case .defaults: target.filter { !notDefaults.contains($0.name) }
        case .target: target
        case .group: group
        case .variable: variable
        case .validation: validation
        case .function: function
        case .dependency: dependency
        case .retry: retry
        case .resources: resources
        case .stepResources: stepResources
        case .template: template
        case .secret: secret
        case .ssh: ssh
        case .policy: policy
        }
    }

    private static let notDefaults: Set<String> = ["kind", "name", "matrix", "inherits", "description", "depends-on"]

    private static let top: [ManifestKey] = [
        ManifestKey("version", .whole, "The version of the manifest's form, which is 1."),
        ManifestKey(
            "project",
            .text,
            by: .policy,
            "The project that every target belongs to unless it says otherwise."
        ),
        ManifestKey("owner", .text, by: .policy, "Who answers for every target that doesn't say otherwise."),
        ManifestKey("keep-going", .flag, "Whether the other targets go on when one fails."),
        ManifestKey(
            "variables",
            .map(.either([.table(.variable), .plain]), allowsNull: true),
            "Variables by name, each with its value or with what is known of it."
        ),
        ManifestKey("functions", .map(.table(.function)), "Functions by name."),
        ManifestKey("defaults", .table(.defaults), "What every target has unless it says otherwise."),
        ManifestKey(
            "groups",
            .map(.either([.list(.text), .table(.group)])),
            "Groups by name, each with its targets or with what is known of it."
        ),
        ManifestKey("targets", .map(.table(.target), allowsNull: true), "Targets by name."),
    ]

    private static let target: [ManifestKey] =
        [
            ManifestKey("kind", .text, "What kind of job the target is; build where nothing is said."),
            ManifestKey("name", .text, by: .bake("name"), "The name of each target that the matrix makes."),
            ManifestKey(
                "matrix",
                .map(.either([.list(.anything), .map(.anything)])),
                by: .bake("matrix"),
                "Lists of values by name: each combination of them makes a target."
            ),
        ]
        + BakeField.target.map { field in
            let name = field.key == .resources ? "step-resources" : field.key.rawValue
            return ManifestKey(name, field.form.manifestForm, by: .bake(field.key.rawValue), field.description)
        } + policies

    private static let policies: [ManifestKey] = [
        ManifestKey(
            "depends-on",
            .either([
                .list(.text), .map(.either([.word(ManifestDependency.conditions), .table(.dependency)])),
            ]),
            by: .policy,
            "The targets and groups that have to end before the target begins."
        ),
        ManifestKey(
            "priority",
            .word(["low", "normal", "high"], orNumber: true),
            by: .policy,
            "How urgent it is: low, normal, high, or a whole number of which a greater one is more urgent."
        ),
        ManifestKey("timeout", .duration, by: .policy, "How long it may take; time in a queue doesn't count."),
        ManifestKey("silence-timeout", .duration, by: .policy, "How long it may say nothing before it is ended."),
        ManifestKey("retry", .table(.retry), by: .policy, "How it is tried again after a failure."),
        ManifestKey("resources", .table(.resources), by: .policy, "What it takes of the machine."),
        ManifestKey("owner", .text, by: .policy, "Who answers for it."),
        ManifestKey("project", .text, by: .policy, "The project that it belongs to."),
        ManifestKey("group", .text, by: .policy, "The group of jobs that it belongs to."),
        ManifestKey(
            "templates",
            .list(.table(.template)),
            by: .policy,
            "Files in which secrets are filled in; each is a secret of the build itself."
        ),
    ]

    private static let group: [ManifestKey] = [
        ManifestKey("description", .text, by: .bake("description"), "What the group is, for people."),
        ManifestKey("targets", .list(.text), isRequired: true, by: .bake("targets"), "The targets and groups in it."),
        ManifestKey("keep-going", .flag, by: .policy, "Whether its other targets go on when one fails."),
        ManifestKey(
            "publish",
            .word(["together"]),
            by: .policy,
            "together: tags are set only when all of its targets have passed."
        ),
    ]

    private static let variable: [ManifestKey] = [
        ManifestKey("default", .anything, by: .bake("default"), "The value where none is set from outside."),
        ManifestKey("type", .text, by: .bake("type"), "The type, such as string, number, bool or list(string)."),
        ManifestKey("description", .text, by: .bake("description"), "What the variable is for."),
        ManifestKey(
            "validation",
            .either([.table(.validation), .list(.table(.validation))]),
            by: .bake("validation"),
            "What the value has to meet."
        ),
    ]

    private static let validation: [ManifestKey] = [
        ManifestKey("condition", .flag, isRequired: true, by: .bake("condition"), "An expression that has to be true."),
        ManifestKey("error_message", .text, by: .bake("error_message"), "What is said where it isn't."),
    ]

    private static let function: [ManifestKey] = [
        ManifestKey("params", .list(.text), isRequired: true, by: .bake("params"), "The names of its arguments."),
        ManifestKey(
            "variadic_params",
            .text,
            by: .bake("variadic_params"),
            "The name of the list of further arguments."
        ),
        ManifestKey("result", .anything, isRequired: true, by: .bake("result"), "What it gives: an expression."),
    ]

    private static let dependency: [ManifestKey] = [
        ManifestKey(
            "condition",
            .word(ManifestDependency.conditions),
            isRequired: true,
            by: .policy,
            "How it has to end: success, always, or image, which makes its image a named context."
        ),
        ManifestKey("as", .text, by: .policy, "The name of that context; the target's name where nothing is said."),
    ]

    private static let retry: [ManifestKey] = [
        ManifestKey("attempts", .whole, by: .policy, "How often it is begun in all, from 1 to 100."),
        ManifestKey("delay", .duration, by: .policy, "The wait before the second attempt, which doubles each time."),
        ManifestKey(
            "on",
            .either([.word(RetryPolicy.Cause.words), .list(.word(RetryPolicy.Cause.words))]),
            by: .policy,
            "After which failures: infrastructure, step, timeout."
        ),
    ]

    private static let resources: [ManifestKey] = [
        ManifestKey("cpus", .number, by: .policy, "Processors, 1.5 for instance."),
        ManifestKey("memory", .size, by: .policy, "Memory."),
        ManifestKey("disk", .size, by: .policy, "Space on disk."),
        ManifestKey("network", .flag, by: .policy, "Whether it needs the network."),
    ]

    private static let stepResources: [ManifestKey] = BakeResources.names.map { name in
        let isNumber = BakeResources.numbers.contains(name)
        return ManifestKey(name, isNumber ? .whole : .text, by: .bake(name), "Docker's limit \(name) of each RUN.")
    }

    private static let template: [ManifestKey] = [
        ManifestKey(
            "source",
            .text,
            isRequired: true,
            by: .policy,
            "The file, with {{ ID }} where a secret's value goes."
        ),
        ManifestKey(
            "target",
            .text,
            by: .policy,
            "The id under which RUN mounts it; the file's name if nothing is said."
        ),
        ManifestKey("secrets", .list(.text), isRequired: true, by: .policy, "The ids of the secrets that it may use."),
    ]

    private static let secret: [ManifestKey] = [
        ManifestKey("id", .text, by: .bake("id"), "The id under which RUN mounts it."),
        ManifestKey("src", .text, by: .bake("src"), "The file that holds it."),
        ManifestKey("env", .text, by: .bake("env"), "The environment variable that holds it."),
    ]

    private static let ssh: [ManifestKey] = [
        ManifestKey("id", .text, by: .bake("id"), "The id under which RUN mounts it; default if nothing is said."),
        ManifestKey("paths", .list(.text), by: .bake("paths"), "Sockets and keys."),
    ]

    private static let policy: [ManifestKey] = [
        ManifestKey("filename", .text, by: .bake("filename"), "The file of the policy."),
        ManifestKey("reset", .flag, by: .bake("reset"), "Whether policies before it are left out."),
        ManifestKey("disabled", .flag, by: .bake("disabled"), "Whether it is left out."),
        ManifestKey("strict", .flag, by: .bake("strict"), "Whether what it can't judge is refused."),
        ManifestKey("log-level", .text, by: .bake("log-level"), "How much it tells."),
    ]
}

extension BakeField.Form {
    /// The same in a manifest.
    fileprivate var manifestForm: ManifestForm {
        switch self {
        case .text: .text
        case .flag: .flag
        case .texts: .list(.text)
        case .pairs(let allowsNull): .map(.text, allowsNull: allowsNull)
        case .entries(.secret): .list(.either([.text, .table(.secret)]))
        case .entries(.ssh): .list(.either([.text, .table(.ssh)]))
        case .entries(.policy): .list(.either([.text, .table(.policy)]))
        case .entries: .list(.either([.text, .attributes]))
        case .resources: .table(.stepResources)
        }
    }
}

extension RetryPolicy.Cause {
    /// The names of all causes.
    static let words = allCases.map(\.rawValue)
}
