import CaissonArtifacts
import CaissonContainerJobs
import CaissonSystem
import CaissonText

// What TuxMake would tell of the same build.

extension KernelResults {
    /// The metadata; nil for an architecture that TuxMake doesn't have.
    func metadata(_ verdict: KernelVerdict?, _ findings: [LogFindings]) -> KernelMetadata? {
        guard let architecture = TuxMakeArchitecture(named: build.job.architecture.name) else { return nil }
        let isPacked = build.job.results.compression == "xz"
        var known = KernelResultFacts(settings(architecture), KernelFacts(texts))
        known.steps = steps.steps.map { step in
            let state = KernelStepResult.State(rawValue: step.state.rawValue) ?? .fail
            return KernelStepResult(step.name, state, seconds: Double(step.duration ?? 0) / 1000)
        }
        known.files = Set(DirectoryNames.sorted(in: folder, limit: 10_000))
        known.names = TuxMakeNames(architecture, image: build.job.imageName, compression: isPacked ? .xz : .none)
        known.counts.errors = findings.map(\.errors).clampedSum
        known.counts.warnings = findings.map(\.warnings).clampedSum
        known.times = times
        known.runtime = KernelRuntime(version: "", imageName: build.dockerfile.image)
        for kernel in verdict?.files ?? [] where kernel.file.path == "vmlinux" {
            guard let elf = kernel.artifact?.facts.elf, let size = kernel.artifact?.size else { continue }
            known.sizes = KernelSizes(elf, fileSize: size)
        }
        let map = try? BoundedFile.read(PathFacts.join(folder, "System.map"), limit: 64 << 20)
        known.textOffset = map.flatMap(SystemMap.textOffset)
        for (target, prefix) in [("modules", "lib/modules/"), ("dtbs", "dtbs/")] {
            let names = (verdict?.files ?? []).map(\.file.path).filter { $0.hasPrefix(target + "/") }
            known.members[target] = names.map { prefix + $0.dropFirst(target.utf8.count + 1) }.sorted()
        }
        return KernelMetadata(known)
    }

    private func settings(_ architecture: TuxMakeArchitecture) -> KernelBuildSettings {
        let job = build.job
        var settings = KernelBuildSettings(architecture)
        let version = job.toolchain.isVersionInName ? "-\(job.toolchain.version)" : ""
        settings.toolchain = job.toolchain.compiler + version
        settings.wrapper = job.toolchain.wrapper ?? "none"
        settings.kconfig = Self.name(job.config.base)
        settings.fragments =
            job.config.fragments.map(Self.name)
            + job.config.symbols.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }
        var variables = [KernelBuildSettings.Variable]()
        if let time = facts["source-date"] { variables.append(.init("KBUILD_BUILD_TIMESTAMP", "@\(time)")) }
        variables += [.init("KBUILD_BUILD_USER", job.identity.user), .init("KBUILD_BUILD_HOST", job.identity.host)]
        settings.environment = variables + job.make.environment.sorted { $0.key < $1.key }.map { .init($0, $1) }
        settings.makeVariables = job.make.arguments.compactMap { $0.cut(at: "=").map { .init($0, $1) } }
        settings.targets = Self.targets(job)
        settings.jobs = job.make.jobs ?? facts["cores"].flatMap { Int($0) } ?? 1
        settings.image = build.dockerfile.image
        settings.isVerbose = job.make.isVerbose
        settings.endsAtFailure = !job.make.keepsGoing
        return settings
    }

    private static func name(_ part: KernelJob.Part) -> String {
        switch part {
        case .tree(let target): target
        case .file(let path): path
        }
    }

    /// The job's targets in TuxMake's words, which has another one for the kernel and for what is left of it to debuggers.
    private static func targets(_ job: KernelJob) -> [String] {
        let known = ["modules", "dtbs", "headers", "bindeb-pkg", "binrpm-pkg", "targz-pkg"]
        let own = job.targets.filter { $0 != "image" && !known.contains($0) }
        let names = job.targets.contains("image") ? ["config", "kernel", "debugkernel"] : ["config"]
        return TuxMakeTargets.expanded(names + job.targets.filter(known.contains), own: own)
    }

    private var times: KernelTimes {
        func seconds(_ names: [String]) -> Double {
            Double(steps.steps.filter { names.contains($0.name) }.compactMap(\.duration).clampedSum) / 1000
        }
        var times = KernelTimes()
        times.validate = seconds(["environment"])
        times.prepare = seconds(["fetch", "source"])
        times.build = seconds(["config"] + build.job.targets)
        times.copy = seconds(["collect"])
        return times
    }
}
