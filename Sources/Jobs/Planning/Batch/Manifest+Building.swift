import CaissonBuildModel
import CaissonHCL
package import CaissonJSON
import CaissonText

extension Manifest {
    /// What is asked for, with what that depends on, as builds.
    ///
    /// Throws everything that is wrong.
    func builds(
        of names: [String],
        flags: BakeFlags,
        inputs: BakeInputs,
        from base: BatchBase
    ) throws(BatchError) -> BatchBuilds {
        let plan: ManifestPlan
        do throws(BakeError) {
            plan = try self.plan(names: names, flags: flags, inputs: inputs)
        } catch {
            throw BatchError(error)
        }
        var builds = plan.targets.builds(from: base)
        builds.jobs = plan.jobs
        for place in builds.plan.nodes.indices {
            guard let job = plan.jobs[builds.plan.nodes[place].name] else { continue }
            builds.plan.nodes[place].dependencies = job.dependencies
            builds.plan.nodes[place].policy = job.policy
            if job.kind == ManifestKind.kernel.name {
                builds.plan.nodes[place].request = .standIn(for: builds.plan.nodes[place].name)
            }
            builds.plan.nodes[place].request.secrets += job.templates
        }
        builds.plan.keepsGoing = plan.keepsGoing
        // What is only asked about is published nowhere.
        if builds.plan.nodes.allSatisfy({ $0.question == nil }) {
            builds.plan.publishedTogether = plan.publishedTogether
        }
        return builds
    }
}

extension BuildRequest {
    /// What stands in a plan for a target that no Dockerfile makes; whoever runs the plan knows it by its text.
    fileprivate static func standIn(for name: String) -> BuildRequest {
        BuildRequest(context: .empty, dockerfile: .text(Array("# stands for the target \(name)\nFROM scratch\n".utf8)))
    }
}

extension ManifestKind {
    /// A Linux kernel; its keys are those of a kernel job's file.
    package static let kernel = ManifestKind("kernel", hasBuildFields: false, keys: kernelKeys, "A Linux kernel.")

    private static let kernelKeys = [
        ("source", "Where the tree comes from: path, archive, image or git, and patches."),
        ("arch", "The architecture, such as x86_64."), ("toolchain", "The compiler, and the image that has it."),
        ("config", "The configuration: base, fragments, set, strict."),
        ("targets", "What is built: image, modules, dtbs, or other targets of the kernel's Makefile."),
        ("image", "The image's name, such as bzImage."), ("dtbs", "Which device trees are built."),
        ("make", "How make is called: args, env, jobs, keepGoing, verbose."),
        ("buildDir", "Whether the build's folder is kept."),
        ("reproducible", "What makes two builds the same, and whether that is checked."),
        ("artifacts", "Which files are wanted, and where they go."), ("validate", "Whether the kernel is booted."),
    ].map { ManifestKey($0, .anything, of: "kernel", $1) }
}

extension BatchBuilds {
    /// What `--print` prints: the groups and targets as bake has them, and what a manifest of ours says besides.
    package var printed: JSON {
        guard !jobs.isEmpty, let members = bake.printed.members else { return bake.printed }
        let targets = bake.targets.map { name, target in
            // What bake would build a target of another kind by means nothing for it.
            let hasFields = (jobs[name]?.kind ?? ManifestKind.build.name) == ManifestKind.build.name
            let own = (target.printed.members ?? []).filter { member in
                hasFields || !["context", "dockerfile"].contains(member.name)
            }
            return (name, JSON.object(own + (jobs[name]?.printed ?? [])))
        }
        let table = JSON(Dictionary(uniqueKeysWithValues: targets))
        var all = members.filter { $0.name != "target" } + [JSONMember("target", table)]
        if !plan.publishedTogether.isEmpty {
            let together = plan.publishedTogether.mapValues { JSON.array($0.sorted().map { .string($0) }) }
            all.append(JSONMember("publish-together", JSON(together)))
        }
        if plan.keepsGoing { all.append(JSONMember("keep-going", .bool(true))) }
        return .object(all)
    }
}

extension ManifestPlan.Job {
    /// The values of the keys that only targets of its kind have, as a table.
    ///
    /// - Throws: `BatchError` where one is no value of JSON.
    package var kindValues: JSON {
        get throws(BatchError) {
            do throws(HCLConversionError) {
                let members = try values.sorted { $0.key < $1.key }.map { member throws(HCLConversionError) in
                    JSONMember(member.key, try member.value.jsonValue)
                }
                return .object(members)
            } catch {
                throw BatchError([BatchError.Problem("a value of a \(kind) can't be used: \(error)")])
            }
        }
    }

    /// The keys that only manifests of ours have, as those have them.
    fileprivate var printed: [JSONMember] {
        var members: [JSONMember] = []
        func add(_ name: String, _ value: JSON?) {
            if let value { members.append(JSONMember(name, value)) }
        }
        if kind != ManifestKind.build.name {
            add("kind", .string(kind))
            members += (try? kindValues)?.members ?? []
        }
        if !dependencies.isEmpty {
            add(
                "depends-on",
                JSON(Dictionary(uniqueKeysWithValues: dependencies.map { ($0.node, $0.condition.printed) }))
            )
        }
        add("priority", policy.priority.map { .string($0) })
        add("timeout", policy.timeout.map { .string(Timespan($0).description) })
        add("silence-timeout", policy.silenceTimeout.map { .string(Timespan($0).description) })
        add("retry", policy.retry?.printed)
        add("resources", policy.needs.printed)
        for (name, text) in [("owner", policy.owner), ("project", policy.project), ("group", policy.group)] {
            add(name, text.map { .string($0) })
        }
        if !templates.isEmpty { add("templates", .array(templates.map { .string($0.id) })) }
        return members
    }
}

extension Dependency.Condition {
    fileprivate var printed: JSON {
        switch self {
        case .success: .string("success")
        case .always: .string("always")
        case .image(let name): JSON(["condition": .string("image"), "as": .string(name)])
        }
    }
}

extension RetryPolicy {
    fileprivate var printed: JSON {
        .object([
            JSONMember("attempts", .number(String(attempts))),
            JSONMember("delay", .string(Timespan(delay).description)),
            JSONMember("on", .array(causes.map(\.rawValue).sorted().map { .string($0) })),
        ])
    }
}

extension MachineNeeds {
    /// The needs that are said; nil where none is.
    fileprivate var printed: JSON? {
        var members: [JSONMember] = []
        if let milliprocessors {
            let (whole, part) = milliprocessors.quotientAndRemainder(dividingBy: 1000)
            var digits = String(1000 + part).dropFirst()
            while digits.last == "0" { digits.removeLast() }
            members.append(JSONMember("cpus", .number(digits.isEmpty ? "\(whole)" : "\(whole).\(digits)")))
        }
        for (name, bytes) in [("memory", memory), ("disk", disk)] {
            if let bytes { members.append(JSONMember(name, .number(String(bytes)))) }
        }
        if let network { members.append(JSONMember("network", .bool(network))) }
        return members.isEmpty ? nil : .object(members)
    }
}
