import CaissonText

/// Which keys a compose file has.
///
/// What a build needs is checked as the peer checks it: image, build, environment and its files, and secrets. Everything else
/// is for running containers, which the peer doesn't look at either; unknown keys there are warnings.
enum ComposeSchema {
    /// The keys of a service's `build`.
    static let build: [String: ComposeShape] = [
        "context": .text,
        "dockerfile": .text,
        "dockerfile_inline": .text,
        "entitlements": .texts,
        "args": .pairs,
        "ssh": .pairs,
        "labels": .pairs,
        "cache_from": .texts,
        "cache_to": .texts,
        "no_cache": .flag,
        "no_cache_filter": .either([.text, .list(.text, unique: true)]),
        "additional_contexts": .pairs,
        "network": .text,
        "provenance": .flag,
        "sbom": .flag,
        "pull": .flag,
        "target": .text,
        "shm_size": .size,
        "extra_hosts": .either([.table(.either([.text, .texts])), .list(.text, unique: true)]),
        "isolation": .text,
        "privileged": .flag,
        "secrets": .list(.either([.text, .object(mount, needs: [])]), unique: false),
        "tags": .texts,
        "ulimits": .table(.either([.size, .object(["soft": .whole, "hard": .whole], needs: ["soft", "hard"])])),
        "platforms": .texts,
    ]

    private static let mount: [String: ComposeShape] = [
        "source": .text, "target": .text, "uid": .text, "gid": .text, "mode": .either([.number, .text]),
    ]

    /// The keys of a service that matter to a build.
    private static let service: [String: ComposeShape] = [
        "image": .text,
        "build": .object(build, needs: []),
        "environment": .pairs,
        "env_file": .list(
            .object(["path": .text, "format": .text, "required": .flag], needs: ["path"]),
            unique: false
        ),
    ]

    private static let secret = ComposeShape.object(
        [
            "name": .text,
            "environment": .text,
            "file": .text,
            "external": .flag,
            "labels": .pairs,
            "driver": .text,
            "driver_opts": .table(.either([.text, .number])),
            "template_driver": .text,
        ],
        needs: []
    )

    /// Reports what the peer refuses, and warns of keys that nobody knows.
    static func check(_ model: ComposeValue, _ report: inout ComposeReport) {
        for (name, field) in model["services"]?.sortedFields ?? [] {
            checkName(name, field, "service", &report)
            for (key, shape) in service.sorted(by: { $0.key < $1.key }) {
                guard let value = field.value[key] else { continue }
                shape.check(value, "services.\(name).\(key)", &report)
            }
        }
        if let secrets = model["secrets"], secrets.fields == nil, !secrets.isBroken {
            report.refuse(secrets.place, "secrets: \(secrets.noun) can't stand here; write a table of secrets")
        }
        for (name, field) in model["secrets"]?.sortedFields ?? [] {
            checkName(name, field, "secret", &report)
            secret.check(field.value, "secrets.\(name)", &report)
        }
        ComposeKnownKeys.check(model, &report)
    }

    private static func checkName(_ name: String, _ field: ComposeField, _ what: String, _ report: inout ComposeReport)
    {
        let isValid = !name.isEmpty && name.utf8.allSatisfy { $0.isAlphanumeric || "._-".utf8.contains($0) }
        guard !isValid else { return }
        report.refuse(field.place, "\(name.quoted) is no name of a \(what); use letters, digits, dots, _ and -")
    }
}

/// Rules for values by their paths: a tree that is walked beside the values.
///
/// A path is written with dots; `*` stands for any key of a table and for any item of a list.
final class ComposeRules<Rule: Sendable>: Sendable {
    /// The rule for the value that the walk has come to.
    let rule: Rule?
    private let children: [String: ComposeRules]

    private init(_ rule: Rule?, _ children: [String: ComposeRules]) {
        self.rule = rule
        self.children = children
    }

    /// Makes a tree of paths and their rules.
    convenience init(_ rules: [String: Rule]) {
        self.init(paths: rules.map { ($0.key.split(separator: ".").map(String.init)[...], $0.value) })
    }

    private convenience init(paths: [(path: ArraySlice<String>, rule: Rule)]) {
        var below: [String: [(ArraySlice<String>, Rule)]] = [:]
        for (path, rule) in paths {
            if let first = path.first { below[first, default: []].append((path.dropFirst(), rule)) }
        }
        self.init(paths.first { $0.path.isEmpty }?.rule, below.mapValues { ComposeRules(paths: $0) })
    }

    /// The rules below a key of a table or, for `*`, below an item of a list.
    func below(_ key: String) -> ComposeRules? { children[key] ?? children["*"] }
}
