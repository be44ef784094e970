package import CaissonHCL

/// A target: what is built, as its blocks and parents say it.
package struct BakeTarget: Sendable {
    /// The name.
    package var name: String
    /// The fields that are given.
    package var values: [BakeKey: BakeValue]
    /// Where it is declared first; nil for one that comes from elsewhere than a bake file.
    package var range: HCLRange?
    /// Whether it is built only because another target's context is its result.
    package var isLinked = false
    /// The context where none is given; nil for the working directory.
    var defaultContext: String?

    /// Makes a target.
    package init(_ name: String, _ values: [BakeKey: BakeValue] = [:], range: HCLRange? = nil) {
        self.name = name
        self.values = values
        self.range = range
    }

    /// The value of a field.
    package subscript(_ key: BakeKey) -> BakeValue? {
        get { values[key] }
        set { values[key] = newValue }
    }

    /// Takes over the fields of a target that counts more.
    mutating func merge(_ other: BakeTarget) {
        defaultContext = other.defaultContext ?? defaultContext
        for field in BakeField.target {
            guard let later = other.values[field.key] else { continue }
            values[field.key] = field.merged(values[field.key], with: later)
        }
    }

    /// Takes relative contexts for relative to the folder of the file that names them (docker/buildx bake/bake.go).
    mutating func rebase(to file: String) {
        guard file != "-", !BakePath.isAddress(file) else { return }
        let folder = ComposePaths.folder(of: file)
        func rebased(_ path: String) -> String {
            guard !folder.isEmpty, !path.isEmpty, BakePath.isRelative(path) else { return path }
            return ComposePaths.joined(folder, path)
        }
        defaultContext = rebased(".")
        if let context = values[.context]?.text { values[.context] = .text(rebased(context)) }
        if let contexts = values[.contexts]?.pairs {
            values[.contexts] = .pairs(contexts.mapValues { $0.map(rebased) })
        }
    }

    /// Leaves out what is empty or there twice, and adds what follows from the rest.
    mutating func normalise() {
        if values[.network]?.text == "host" {
            values[.entitlements] = .texts((values[.entitlements]?.texts ?? []) + ["network.host"])
        }
        for field in BakeField.target {
            guard let value = values[field.key] else { continue }
            values[field.key] = field.normalised(value)
        }
    }
}

/// A group of targets and groups.
package struct BakeGroup: Sendable, Hashable {
    /// The name.
    package var name: String
    /// What it is, for people; empty where nothing is said.
    package var description: String
    /// The targets and groups in it, each once.
    package var targets: [String]

    /// Makes a group.
    package init(_ name: String, targets: [String], description: String = "") {
        self.name = name
        self.description = description
        self.targets = targets.withoutDoubles
    }
}
