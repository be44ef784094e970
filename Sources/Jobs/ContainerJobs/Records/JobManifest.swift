package import CaissonBuildModel
package import CaissonJSON

/// What `manifest.json` tells: what went into a job, what came out, and what was found of it.
package struct JobManifest: Sendable, Hashable {
    /// The form's name.
    package static let schema = "caisson.manifest/1"

    /// The job's last status.
    package var status: JobStatus
    /// When it ended.
    package var finished: Timestamp
    /// The program that made it.
    package var generator: String
    /// The engine that built it.
    package var engine: String
    /// The digest of what the job was made of.
    package var specification: ContentDigest
    /// What went in: each an object with `kind`, and what names it.
    package var inputs: [JSON] = []
    /// The environment that makes it reproducible.
    package var environment: [String: String] = [:]
    /// The tools, by what they are for.
    package var toolchain: [String: String] = [:]
    /// The steps.
    package var steps: [Step] = []
    /// The files, with what is known of each.
    package var artifacts: [Artifact] = []
    /// What was checked.
    package var checks: [Check] = []
    /// What a second build showed; nil where there was none.
    package var reproducibility: JSON?
    /// What the job asked for, and who saw to it.
    package var resources: [JSONMember] = []

    /// Makes a manifest.
    package init(
        _ status: JobStatus,
        finished: Timestamp,
        generator: String,
        engine: String,
        specification: ContentDigest
    ) {
        (self.status, self.finished, self.generator, self.engine) = (status, finished, generator, engine)
        self.specification = specification
    }

    /// A step with its log.
    package struct Step: Sendable, Hashable {
        /// The step.
        package var step: JobStep
        /// Its log below the folder of results; nil where there is none.
        package var log: String?
        /// What the log tells.
        package var findings: LogFindings?

        /// Makes a step.
        package init(_ step: JobStep, log: String?, findings: LogFindings?) {
            (self.step, self.log, self.findings) = (step, log, findings)
        }
    }

    /// A file with what is known of it.
    package struct Artifact: Sendable, Hashable {
        /// The file.
        package var file: CollectedFile
        /// What its bytes tell, such as `type`.
        package var facts: [JSONMember]

        /// Makes an artifact.
        package init(_ file: CollectedFile, facts: [JSONMember] = []) { (self.file, self.facts) = (file, facts) }
    }

    /// Something that was checked.
    package struct Check: Sendable, Hashable {
        /// What was checked, such as `config.applied`.
        package var name: String
        /// PASS, WARN or FAIL.
        package var state: StepState
        /// What was found; empty where all is well.
        package var messages: [String]

        /// Makes a check.
        package init(_ name: String, _ state: StepState, _ messages: [String] = []) {
            (self.name, self.state, self.messages) = (name, state, messages)
        }
    }
}

extension JobManifest {
    /// The file's value.
    package var json: JSON {
        let job: [JSONMember] = [
            JSONMember("id", .string(status.id.description)), JSONMember("name", .string(status.name)),
            JSONMember("kind", .string(status.kind)), JSONMember("spec_sha256", .string(specification.hex)),
        ]
        let wall =
            Double(finished.seconds - status.started.seconds)
            + Double(finished.nanoseconds - status.started.nanoseconds) / 1e9
        var members: [JSONMember] = [
            JSONMember("schema", .string(Self.schema)), JSONMember("job", .object(job)),
            JSONMember("status", .string(status.state.rawValue)),
        ]
        if let message = status.message { members.append(JSONMember("message", .string(message))) }
        members += [
            JSONMember("started", .string(status.started.text)), JSONMember("finished", .string(finished.text)),
            JSONMember("wall_s", .milliseconds(Int64(max(0, wall) * 1000))),
            JSONMember("generator", .object([JSONMember("version", .string(generator))])),
            JSONMember("builder", .object([JSONMember("endpoint", .string(engine))])),
            JSONMember("inputs", .array(inputs)), JSONMember("environment", JSON(environment)),
            JSONMember("toolchain", JSON(toolchain)), JSONMember("steps", .array(steps.map(\.json))),
            JSONMember("artifacts", .array(artifacts.map(\.json))),
            JSONMember("validation", .array(checks.map(\.json))),
        ]
        if let reproducibility { members.append(JSONMember("reproducibility", reproducibility)) }
        return .object(members + [JSONMember("resources", .object(resources))])
    }
}

extension JobManifest.Step {
    fileprivate var json: JSON {
        var members = [
            JSONMember("name", .string(step.name)), JSONMember("status", .string(step.state.rawValue)),
        ]
        if let end = step.end { members.append(JSONMember("exit", .number(String(end.status)))) }
        if let why = step.why { members.append(JSONMember("why", .string(why))) }
        if let duration = step.duration { members.append(JSONMember("wall_s", .milliseconds(duration))) }
        if let cpu = step.end?.cpu { members.append(JSONMember("cpu_s", .milliseconds(cpu))) }
        if let memory = step.end?.memory { members.append(JSONMember("max_rss_kib", .number(String(memory)))) }
        if let log { members.append(JSONMember("log", .string(log))) }
        if let findings {
            members += [
                JSONMember("warnings", .number(String(findings.warnings))),
                JSONMember("errors", .number(String(findings.errors))),
            ]
        }
        return .object(members)
    }
}

extension JobManifest.Artifact {
    /// The file as a manifest tells it.
    package var json: JSON {
        var members = [JSONMember("path", .string(file.path))]
        switch file.kind {
        case .file(let size, let digest):
            members += [JSONMember("size", .number(String(size))), JSONMember("sha256", .string(digest.hex))]
        case .link(let target): members.append(JSONMember("link", .string(target)))
        }
        let mode = String(file.mode, radix: 8)
        members.append(JSONMember("mode", .string(String(repeating: "0", count: max(0, 4 - mode.count)) + mode)))
        return .object(members + facts)
    }
}

extension JobManifest.Check {
    fileprivate var json: JSON {
        var members = [JSONMember("check", .string(name)), JSONMember("status", .string(state.rawValue))]
        if !messages.isEmpty { members.append(JSONMember("messages", .array(messages.map(JSON.string)))) }
        return .object(members)
    }
}

extension JSON {
    /// Seconds, of a number of milliseconds.
    package static func milliseconds(_ count: Int64) -> JSON {
        let rest = String(count % 1000)
        return .number("\(count / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest)
    }
}
