package import CaissonBuildModel
package import CaissonContainerJobs
import CaissonJSON
import CaissonSystem
import CaissonText

// What is written beside a job's artifacts: its logs as one, a manifest, checksums.

extension KernelResults {
    /// Writes all records, and returns the manifest.
    ///
    /// - Parameters:
    ///   - status: How the job stands in the end.
    ///   - verdict: What was found of the artifacts; nil where they weren't looked at.
    ///   - machine: The program and the engine, as records name them.
    /// - Throws: `BuildError` where one can't be written.
    package func write(
        _ status: JobStatus,
        _ verdict: KernelVerdict?,
        by machine: (generator: String, engine: String),
        _ reproducibility: KernelReproducibility? = nil
    ) throws(BuildError) -> JobManifest {
        let findings = findings()
        let logs = steps.steps.compactMap { step in
            self.logs[step.name].map { (heading: step.name, path: PathFacts.join(folder, $0)) }
        }
        try written("build.log") { path throws(Errno) in try MergedLog.write(path, logs) }
        let text = build.dockerfile.text.replacing(build.dockerfile.run.description, with: "RUN")
        var manifest = JobManifest(
            status,
            finished: .now,
            generator: machine.generator,
            engine: machine.engine,
            specification: ContentDigest(of: Array(text.utf8))
        )
        manifest.inputs = inputs
        manifest.environment = environment
        for name in ["compiler", "ld", "make"] { manifest.toolchain[name] = facts[name] }
        manifest.steps = steps.steps.map { step in
            JobManifest.Step(step, log: self.logs[step.name], findings: findings[step.name])
        }
        manifest.artifacts = (verdict?.files ?? []).map { file in
            JobManifest.Artifact(file.file, facts: file.artifact?.members ?? [])
        }
        manifest.checks = checks(verdict, reproducibility)
        manifest.reproducibility = reproducibility?.json
        manifest.resources = resources
        if let metadata = metadata(verdict, Array(findings.values)) {
            try write(metadata.bytes, to: KernelMetadata.fileName)
        }
        try write(manifest.json.goBytes(indented: true) + [0x0A], to: "manifest.json")
        let all = try CollectedFiles(of: folder) { $0 != "SHA256SUMS" && $0 != "status.json" }
        try write(ChecksumFile(all).bytes, to: "SHA256SUMS")
        return manifest
    }

    private func write(_ bytes: [UInt8], to name: String) throws(BuildError) {
        try written(name) { path throws(Errno) in try AtomicFile.replace(path, with: bytes, .usual) }
    }

    private func written(_ name: String, _ body: (String) throws(Errno) -> Void) throws(BuildError) {
        let path = PathFacts.join(folder, name)
        do throws(Errno) { try body(path) } catch { throw BuildError(.output, "can't write \(path.quoted): \(error)") }
    }

    private var inputs: [JSON] {
        let source: [JSONMember]
        switch build.job.source {
        case .path(let path): source = [JSONMember("kind", .string("path")), JSONMember("path", .string(path))]
        case .archive(let path, let digest):
            let sum = digest.map { [JSONMember("sha256", .string($0.hex))] } ?? []
            source = [JSONMember("kind", .string("archive")), JSONMember("path", .string(path))] + sum
        case .image(let image, let folder):
            source = [
                JSONMember("kind", .string("image")), JSONMember("ref", .string(image.description)),
                JSONMember("folder", .string(folder)),
            ]
        case .git(let git):
            let reference = git.reference.map { [JSONMember("ref", .string($0))] } ?? []
            let commit = facts["git-commit"].map { [JSONMember("commit", .string($0))] } ?? []
            source = [JSONMember("kind", .string("git")), JSONMember("url", .string(git.url))] + reference + commit
        }
        let tools = [JSONMember("kind", .string("image")), JSONMember("ref", .string(build.dockerfile.image))]
        let version = facts["kernelversion"].map { [JSONMember("kernelversion", .string($0))] } ?? []
        let patches = build.job.patches.map { patch in
            JSON.object([JSONMember("kind", .string("patch")), JSONMember("path", .string(patch.path))])
        }
        return [.object(source + version)] + patches + [.object(tools)]
    }

    private var environment: [String: String] {
        var environment = build.job.make.environment
        environment["KBUILD_BUILD_USER"] = build.job.identity.user
        environment["KBUILD_BUILD_HOST"] = build.job.identity.host
        environment["KBUILD_BUILD_VERSION"] = "1"
        environment["SOURCE_DATE_EPOCH"] = facts["source-date"]
        return environment
    }

    private var resources: [JSONMember] {
        var asked: [JSONMember] = []
        if let jobs = build.job.make.jobs { asked.append(JSONMember("jobs", .number(String(jobs)))) }
        if let timeout = build.job.timeout { asked.append(JSONMember("timeout", .string("\(Timespan(timeout))"))) }
        // BuildKit takes no limits of memory and processors for a step: whoever wants them gives the engine its own.
        let enforced = [
            JSONMember("cpus", .string("make -j")), JSONMember("memory", .string("none")),
            JSONMember("timeout", .string("client")),
        ]
        return [JSONMember("requested", .object(asked)), JSONMember("enforcedBy", .object(enforced))]
    }

    /// The findings, by their codes, and what the boot and the second build have shown.
    private func checks(
        _ verdict: KernelVerdict?,
        _ reproducibility: KernelReproducibility?
    ) -> [JobManifest.Check] {
        var checks: [String: JobManifest.Check] = [:]
        if let boot = steps["boot"] {
            checks["boot"] = JobManifest.Check("boot", boot.state, boot.why.map { [$0] } ?? [])
        }
        if let reproducibility {
            let state = reproducibility.isEqual ? StepState.pass : .fail
            checks["repro.diff"] = JobManifest.Check("repro.diff", state, reproducibility.messages)
        }
        guard let verdict else { return checks.values.sorted { $0.name < $1.name } }
        for name in ["artifacts", "config.unmet"] { checks[name] = JobManifest.Check(name, .pass) }
        for finding in verdict.findings {
            let name = finding.code.hasPrefix("config.unmet") ? finding.code : "artifacts"
            let text = (finding.path.map { "\($0): " } ?? "") + finding.message + " [\(finding.code)]"
            checks[name, default: JobManifest.Check(name, .pass)].messages.append(text)
            if checks[name]?.state != .fail { checks[name]?.state = finding.state }
        }
        return checks.values.sorted { $0.name < $1.name }
    }
}
