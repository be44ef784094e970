import ArgumentParser
import CaissonArtifacts
import CaissonBuildModel
import CaissonContainerJobs
import CaissonEngines
import CaissonJSON
import CaissonKernelJobs
import CaissonListings
import CaissonReporting
import CaissonSystem
import CaissonText
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

/// Writes how a job stands, whenever that changes; a file that can't be written fails no job.
final class KernelStatusReport: Sendable {
    private let status: Mutex<JobStatus>
    private let path: String

    init(_ status: JobStatus, at path: String) {
        self.path = path
        self.status = Mutex(status)
        write(status)
    }

    func write(_ status: JobStatus) { try? status.write(to: path) }

    func begin() { change { $0.state = .running } }

    /// Hears of a step that has begun.
    func hear(_ step: String, _ ended: Int) {
        change { ($0.step, $0.ended) = (step, ended) }
    }

    /// The last status, which isn't written yet.
    func last(_ state: JobState, _ message: String?) -> JobStatus {
        status.withLock { status in
            (status.state, status.message, status.step) = (state, message, nil)
            return status
        }
    }

    func end(_ state: JobState, _ message: String?) { write(last(state, message)) }

    private func change(_ body: (inout JobStatus) -> Void) {
        write(
            status.withLock { status in
                body(&status)
                return status
            }
        )
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

/// Tells that a build has succeeded only when its results were found right, and names the place that they go to.
final class ResultEvents: BuildEventSink, Sendable {
    private let next: SpelledEvents
    private let stage: String
    private let path: String
    private let held = Mutex<BuildEvent?>(nil)

    init(_ next: SpelledEvents, stage: String, path: String) {
        (self.next, self.stage, self.path) = (next, stage, path)
    }

    func receive(_ event: BuildEvent) {
        var event = event
        switch event.kind {
        case .finished(.succeeded): return held.withLock { $0 = event }
        case .artifact(.directory(stage)): event.kind = .artifact(.directory(path))
        default: break
        }
        next.receive(event)
    }

    /// Tells how the build has ended: with this error, or as it was told.
    func end(_ error: BuildError?) {
        let event = held.withLock { held in
            defer { held = nil }
            return held
        }
        guard var event else { return }
        if let error { event.kind = .finished(.failed(error)) }
        next.receive(event)
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
