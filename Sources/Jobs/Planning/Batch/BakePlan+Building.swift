package import CaissonBuildModel
import CaissonHCL
import CaissonText

/// The builds that targets ask for, and what has still to be fetched for them.
package struct BatchBuilds: Sendable {
    /// The targets with all that is said of them.
    package var bake: BakePlan
    /// What a manifest of ours says of the targets besides, by name.
    package var jobs: [String: ManifestPlan.Job] = [:]
    /// The builds.
    package var plan: BuildPlan
    /// The addresses of Dockerfiles that are neither here nor in a context, by target.
    package var dockerfiles: [String: String] = [:]
    /// What has no effect and was probably meant otherwise.
    package var warnings: [String] = []

    /// What in the targets can't be understood; their fields are shown by `--print` as they are.
    package var problems: [BatchError.Problem] = []

    /// Refuses what can't be printed.
    ///
    /// Throws everything that is wrong with the targets, as far as docker-buildx looks at them to print them.
    package func checkForPrinting() throws(BatchError) {
        do throws(BakeError) {
            try bake.checkTargets()
        } catch {
            throw BatchError(error)
        }
    }

    /// Refuses what can't be built: values that can't be understood, targets that push without a name, and two that push
    /// under one.
    package func check() throws(BatchError) {
        let all = problems + bake.pushProblems.map { BatchError.Problem($0) }
        guard all.isEmpty else { throw BatchError(all) }
    }
}

extension BatchDefinition {
    /// What is asked for, as builds; without a name that is `default`.
    ///
    /// Throws everything that is wrong.
    package func builds(
        of names: [String],
        flags: BakeFlags,
        inputs: BakeInputs,
        from base: BatchBase = BatchBase()
    ) throws(BatchError) -> BatchBuilds {
        if let manifest { return try manifest.builds(of: names, flags: flags, inputs: inputs, from: base) }
        let plan: BakePlan
        do throws(BakeError) {
            plan = try BakePlan(configuration, names: names, flags: flags, inputs: inputs)
        } catch {
            throw BatchError(error)
        }
        var builds = plan.builds(from: base)
        builds.warnings = warnings + builds.warnings
        return builds
    }
}

extension BakePlan {
    /// The builds of all targets, those first that were asked for.
    package func builds(from base: BatchBase = BatchBase()) -> BatchBuilds {
        var builds = BatchBuilds(bake: self, plan: BuildPlan(), warnings: warnings.map(\.description))
        var problems = faults.map { BatchError.Problem($0) }
        for name in buildOrder {
            guard let target = targets[name] else { continue }
            var reading = TargetRequest(target, base)
            let request = reading.request()
            builds.plan.nodes.append(BuildPlan.Node(name, request, question: question(of: target, &problems)))
            builds.dockerfiles[name] = reading.dockerfileAddress
            builds.warnings += reading.warnings.map { "target \(name): \($0)" }
            problems += reading.problems.map { problem in
                BatchError.Problem(HCLDiagnostic("Invalid target", "target \(name): \(problem)", at: target.range))
            }
        }
        builds.problems = problems
        builds.bake = at(base)
        return builds
    }

    /// The plan with contexts that are at the definition's address named by that.
    private func at(_ base: BatchBase) -> BakePlan {
        var plan = self
        for (name, target) in targets {
            let context = target.values[.context]?.text ?? "."
            plan.targets[name]?.values[.context] = .text(base.remote(context) ?? base.local(context))
        }
        return plan
    }

    private func question(of target: BakeTarget, _ problems: inout [BatchError.Problem]) -> BuildQuestion? {
        guard let name = target.question else { return nil }
        if let question = BuildQuestion(rawValue: name) { return question }
        let words = BuildQuestion.allCases.map(\.rawValue) + ["build"]
        let meant = nearest(to: name, among: words).map { "did you mean \($0)?" } ?? words.joined(separator: ", ")
        let detail = "target \(target.name): call: \(name.quoted) is no question (\(meant))"
        problems.append(BatchError.Problem(HCLDiagnostic("Invalid target", detail, at: target.range)))
        return nil
    }

    /// The targets' names: those of the groups in their order, then those that are only linked.
    private var buildOrder: [String] {
        var names: [String] = []
        var seen: Set<String> = []
        func add(_ name: String) {
            guard seen.insert(name).inserted else { return }
            guard let group = groups[name] else {
                if targets[name] != nil { names.append(name) }
                return
            }
            for member in group.targets { add(member) }
            // A target may have the name of the group that it is in.
            if targets[name] != nil, group.targets.contains(name) { names.append(name) }
        }
        add("default")
        return names + targets.keys.filter { !names.contains($0) }.sorted()
    }
}

extension BakeTarget {
    /// The name of what is asked instead of building; nil for a build.
    var question: String? {
        let name = values[.call]?.text?.pieces(at: ",").first ?? ""
        guard !name.isEmpty, name != "build" else { return nil }
        return name == "lint" ? "check" : name
    }
}
