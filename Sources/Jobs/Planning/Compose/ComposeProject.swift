import CaissonText

/// The images that compose files build, as targets of bake.
package struct ComposeProject: Sendable {
    /// One target for each service with a build, sorted by name.
    package var targets: [ComposeTarget]
    /// What works, but was probably meant otherwise: unknown keys, variables without a value.
    package var warnings: [ComposeProblem]
    /// The names of the targets in the group `default`; nil where there is no service, and then there is no such group.
    package var defaultGroup: [String]?

    /// Loads compose files.
    ///
    /// Each file is also looked at alone, as the peer does: one that can't be understood without those before it is refused.
    /// - Throws: All that is wrong with the files and with those that they name.
    package init(loading sources: ComposeSources) throws(ComposeError) {
        var loader = ComposeLoader(sources)
        for file in sources.files { loader.files.add(file, &loader.report) }
        var environment = loader.environment(of: sources)
        environment["COMPOSE_PROJECT_NAME"] = loader.projectName(sources.files, environment)
        if sources.files.count > 1 {
            for file in sources.files { _ = loader.checked([file], environment) }
        }
        var targets: [ComposeTarget] = []
        var hasServices = false
        if let model = loader.checked(sources.files, environment) {
            hasServices = !model.services.isEmpty
            ComposeConsistency.check(model, &loader.report)
            targets = ComposeTargets.targets(of: model, &loader.report)
        }
        guard loader.report.problems.isEmpty else {
            throw ComposeError(problems: ComposeReport.sorted(loader.report.problems))
        }
        self.targets = targets
        defaultGroup = hasServices ? targets.map(\.name) : nil
        warnings = ComposeReport.sorted(loader.report.warnings)
    }
}

extension ComposeLoader {
    /// The variables of the project: those given, then those of `.env` in the working directory.
    fileprivate mutating func environment(of sources: ComposeSources) -> [String: String] {
        var values = sources.environment
        if case .bytes = files.content(of: ".env") {
            let own = variables(of: ".env", namedAt: ComposePlace(".env"), adding: [:]) { sources.environment[$0] }
            values.merge(own) { given, _ in given }
        }
        return values.merging(sources.overrides) { $1 }
    }

    /// The project's name: that of the last file that has one, else of the environment, else `bake`.
    fileprivate mutating func projectName(
        _ sources: [ComposeSources.File],
        _ environment: [String: String]
    ) -> String {
        var name = environment["COMPOSE_PROJECT_NAME"].flatMap { $0.isEmpty ? nil : $0 } ?? "bake"
        for file in sources {
            for document in files.documents(of: file.name, namedAt: ComposePlace(file.name), &report) ?? [] {
                guard let text = document.root["name"]?.text, !text.isEmpty else { continue }
                var template = ComposeTemplate(budget: ComposeBounds.substituted) { environment[$0] }
                guard let filled = try? template.substitute(text), !filled.isEmpty else { continue }
                name = filled
            }
        }
        return name
    }

    /// The model of some files; nil where there is nothing in them that a build looks at.
    fileprivate mutating func checked(
        _ sources: [ComposeSources.File],
        _ environment: [String: String]
    ) -> ComposeModel? {
        let names = sources.map { (path: $0.name, place: ComposePlace($0.name)) }
        let model = model(of: names, in: ComposeScope(environment: environment, number: nextScope()))
        guard model["services"]?.fields != nil || model["secrets"] != nil else {
            let place = names.first?.place ?? ComposePlace("")
            if !report.problems.contains(where: { $0.place.file == place.file }) {
                report.refuse(place, "the compose file builds nothing; write services")
            }
            return nil
        }
        ComposeSchema.check(model, &report)
        return decoded(model, environment: environment)
    }
}
