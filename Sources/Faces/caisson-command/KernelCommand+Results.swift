import ArgumentParser
import CaissonArtifacts
import CaissonBuildModel
import CaissonContainerJobs
import CaissonEngines
import CaissonJSON
import CaissonKernelJobs
import CaissonListings
import CaissonPlanning
import CaissonReporting
import CaissonSystem
import CaissonText
import Glibc
import Synchronization

// What a kernel job tells while it runs and when it has ended, and the commands that run none.

extension KernelCommand.Verify {
    func run() throws {
        var verification = KernelVerification()
        if let targetArch {
            guard let architecture = TargetArchitecture(targetArch) else {
                let hint =
                    nearest(to: targetArch, among: TargetArchitecture.names).map { "; did you mean \($0)?" } ?? ""
                throw BuildError(.usage, "--target-arch: unknown architecture \(targetArch.quoted)\(hint)")
            }
            verification.architecture = architecture.artifacts
        }
        verification.patterns = try FlagValue.of("--artifact") { () throws(ParseError) in try ArtifactPatterns(artifact)
        }
        guard case .directory = PathFacts.kind(of: directory) else {
            throw BuildError(.usage, "\(directory.quoted) is no folder of artifacts")
        }
        let verdict = try verification.verify(directory)
        let text = format == .json ? KernelText.json(of: verdict).goText() + "\n" : KernelText.text(of: verdict)
        try BorrowedDescriptor.standardOutput.writeResult(text)
        if verdict.state == .fail { throw ExitCode(1) }
    }
}

extension KernelCommand.Script {
    func run() throws {
        let job = try kernel.job()
        // Nothing is asked of an engine here, whose machine is taken to be like this one.
        let image =
            try job.toolchain.image
            ?? FlagValue.of("--image") { () throws(ParseError) in
                try ImageReference(parsing: "toolchain")
            }
        let build = try KernelBuild(job, run: BuildID(), image: image, machine: .ofThisMachine)
        var text = "# --- Dockerfile ---\n" + build.dockerfile.text
        for file in build.dockerfile.files {
            text += "\n# --- \(SafeText.line(file.path)) ---\n" + String(decoding: file.bytes, as: UTF8.self)
        }
        try BorrowedDescriptor.standardOutput.writeResult(text)
    }
}

/// What people are told of kernels.
enum KernelText {
    /// A finding in a line.
    static func line(_ finding: KernelFinding) -> String {
        (finding.path.map { "\($0.quoted): " } ?? "") + finding.message + " [\(finding.code)]"
    }

    /// What was found of a folder.
    static func text(of verdict: KernelVerdict) -> String {
        let lines = verdict.findings.map { "\($0.state.rawValue)  \(SafeText.line(line($0)))\n" }
        let kinds = Dictionary(grouping: verdict.files.compactMap { $0.artifact?.kind.rawValue }, by: { $0 })
        let counts = kinds.sorted { $0.key < $1.key }.map { "\($0.value.count) \($0.key)" }.joined(separator: ", ")
        let release = verdict.release.map { " of Linux \(SafeText.line($0))" } ?? ""
        return lines.joined() + "\(verdict.state.rawValue)\(release): \(counts.isEmpty ? "no files" : counts)\n"
    }

    /// The same for programs.
    static func json(of verdict: KernelVerdict) -> JSON {
        var members = [JSONMember("status", .string(verdict.state.rawValue))]
        if let release = verdict.release { members.append(JSONMember("kernelrelease", .string(release))) }
        let findings = verdict.findings.map { finding in
            var members = [
                JSONMember("code", .string(finding.code)), JSONMember("status", .string(finding.state.rawValue)),
            ]
            if let path = finding.path { members.append(JSONMember("path", .string(path))) }
            return JSON.object(members + [JSONMember("message", .string(finding.message))])
        }
        let files = verdict.files.map { JobManifest.Artifact($0.file, facts: $0.artifact?.members ?? []).json }
        return .object(members + [JSONMember("findings", .array(findings)), JSONMember("artifacts", .array(files))])
    }

    /// What came of a job: a line for each file but those of modules and device trees, which are counted.
    static func summary(_ manifest: JobManifest, in folder: String) -> String {
        var rows = [["FILE", "SIZE", "TYPE"]]
        var counts: [String: (count: Int, size: Int64)] = [:]
        for artifact in manifest.artifacts {
            let path = artifact.file.path
            guard let (top, _) = path.cut(at: "/") else {
                let type = artifact.facts.first { $0.name == "type" }?.value.string ?? ""
                rows.append([SafeText.line(path), CacheTotals.size(artifact.file.size), type])
                continue
            }
            counts[top, default: (0, 0)].count += 1
            counts[top, default: (0, 0)].size += artifact.file.size
        }
        for (top, sum) in counts.sorted(by: { $0.key < $1.key }) {
            rows.append(["\(SafeText.line(top))/", CacheTotals.size(sum.size), "\(sum.count) files"])
        }
        let skipped = manifest.steps.filter { $0.step.state == .skip }
            .map { "\($0.step.name) SKIP: \(SafeText.line($0.step.why ?? ""))\n" }
        let warnings = manifest.checks.filter { $0.state == .warn }
            .flatMap { check in check.messages.map { "WARN  \(SafeText.line($0))\n" } }
        let state = "\(manifest.status.name) \(manifest.status.state.rawValue): \(SafeText.line(folder))\n"
        return (rows.count > 1 ? TextColumns.aligned(rows) : "") + skipped.joined() + warnings.joined() + state
    }
}

/// A value that is known later, by several tasks.
final class Once<Value: Sendable>: Sendable {
    private let held = Mutex<Value?>(nil)

    var value: Value? {
        get { held.withLock { $0 } }
        set { held.withLock { $0 = newValue } }
    }
}

extension JobEngine {
    /// What a job asks of a builder.
    init(_ builder: Builder) {
        self.init(
            name: builder.identity.address,
            build: { try await builder.build($0, events: $1) },
            remove: { try await builder.prune($0, within: .seconds(10)) }
        )
    }
}

extension KernelOptions {
    private static let endings = [".yaml", ".yml", ".json"]

    /// The job that the options describe, whose paths are absolute.
    ///
    /// - Throws: `ReportedError` with all that is wrong with it.
    func job() throws -> KernelJob {
        do {
            let host = TargetArchitecture.ofThisMachine
            var job = KernelJob(for: host)
            let files = operands.filter { operand in Self.endings.contains { operand.ends(with: $0) } }
            if files.count > 1 {
                throw BuildError(.usage, "more than one job's file is given; a command builds one kernel")
            }
            if let file = files.first {
                job = try KernelJobReader.read(try Self.bytes(of: file), file: file, for: host)
                // Paths in a file are relative to where it is.
                let folder = PathFacts.split(file).directory
                job.resolve(against: folder.begins(with: "/") ? folder : PathFacts.join(Self.workingDirectory, folder))
            }
            var flags = flags
            flags.operands = operands.filter { !files.contains($0) }
            var said = try KernelJobReader.apply(flags, to: job)
            said.resolve(against: Self.workingDirectory)
            return said
        } catch let error as KernelJobError {
            let errors = error.lines.map { BuildError(.usage, $0) }
            let report = errors.map { ErrorText.of($0) }.joined()
            throw ReportedError(error: errors.first ?? BuildError(.usage, "the job is wrong"), report: report)
        }
    }

    private var flags: KernelFlags {
        var flags = KernelFlags()
        (flags.architecture, flags.toolchain, flags.image) = (targetArch, toolchain, image)
        (flags.config, flags.fragments, flags.wrapper) = (kconfig, kconfigAdd, wrapper)
        (flags.jobs, flags.environment, flags.source) = (jobs, environment, directory)
        (flags.sourceImage, flags.name, flags.output) = (sourceImage, name, outputDir)
        (flags.patterns, flags.compression, flags.kernelImage) = (artifact, compressionType?.rawValue, kernelImage)
        (flags.keepsGoing, flags.isVerbose, flags.keptFolder) = (keepGoing, verbose, buildDir)
        (flags.repository, flags.depth, flags.hasSubmodules) = (git, gitDepth, gitSubmodules)
        (flags.secret, flags.agent, flags.patches) = (gitSecret, gitSsh, patch)
        (flags.base, flags.boots) = (toolchainBase, boot)
        flags.check = check.flatMap { KernelJob.Check(rawValue: $0.rawValue) }
        return flags
    }

    static var workingDirectory: String {
        let working = getcwd(nil, 0)
        defer { free(working) }
        return working.map { String(cPath: $0) } ?? "/"
    }

    private static func bytes(of file: String) throws(BuildError) -> [UInt8] {
        do throws(BoundedFile.Failure) {
            return try BoundedFile.read(file, limit: KernelJobReader.limit)
        } catch {
            throw BuildError(.usage, "the job \(file.quoted) \(error.explanation)")
        }
    }
}

/// The builder of a batch, some targets of which are kernels.
struct KernelTargets: BuildEngine {
    let builder: Builder
    /// The kernels, by what stands for them in the batch's plan.
    let jobs: [DockerfileSource: KernelJob]
    /// The configured folder of artifacts.
    let artifacts: String

    var identity: EngineIdentity { builder.identity }

    func facts(within limit: Duration) async throws -> EngineFacts { try await builder.facts(within: limit) }

    func ask(
        _ question: BuildQuestion,
        about request: BuildRequest,
        events: any BuildEventSink
    ) async throws -> BuildAnswer {
        try await builder.ask(question, about: request, events: events)
    }

    func build(_ request: BuildRequest, events: any BuildEventSink, batch: BatchPlace?) async throws -> BuildResult {
        guard let job = jobs[request.dockerfile] else {
            return try await builder.build(request, events: events, batch: batch)
        }
        let run = KernelRun(job: job, inputs: request, id: request.id ?? BuildID())
        let engine = KernelEngine(build: { try await $0(builder, events) }, lend: { try await $0(builder) })
        let ended = try await run.run(in: artifacts, on: engine)
        if let error = ended.error { throw error.error }
        return BuildResult(ref: run.id.description)
    }

    /// The jobs of the targets that are kernels.
    ///
    /// - Throws: `ReportedError` with all that is wrong with any of them.
    static func jobs(of builds: BatchBuilds, isElsewhere: Bool) throws -> [DockerfileSource: KernelJob] {
        var jobs: [DockerfileSource: KernelJob] = [:]
        var errors: [BuildError] = []
        for node in builds.plan.nodes {
            guard let target = builds.jobs[node.name], target.kind == ManifestKind.kernel.name else { continue }
            do {
                let values = Array(try target.kindValues.goText().utf8)
                var job = try KernelJobReader.read(values, file: node.name, for: .ofThisMachine)
                if KernelJobReader.isName(node.name.lowercased()) { job.name = node.name.lowercased() }
                if let processors = target.policy.needs.milliprocessors {
                    job.make.jobs = job.make.jobs ?? max(1, Int(processors) / 1000)
                }
                job.resolve(against: KernelOptions.workingDirectory)
                jobs[node.request.dockerfile] = job
            } catch let error as KernelJobError {
                // Values may come from expressions, so that they have no place in the file.
                errors += error.problems.map {
                    BuildError(.usage, "target \(node.name): \($0.message) [\($0.code)]")
                }
            }
        }
        if !jobs.isEmpty, isElsewhere {
            let text = "kernels of a definition that is elsewhere aren't built: fetch it first"
            errors.append(BuildError(.usage, text))
        }
        guard let first = errors.first else { return jobs }
        throw ReportedError(error: first, report: errors.map { ErrorText.of($0) }.joined())
    }
}
