package import CaissonBuildModel
package import CaissonJSON

/// The keys of a build in JSON, in their order; templates name them as Go does, `{{.ID}}`, or as they are, `{{.id}}`.
///
/// All keys are always there; what isn't known is `null`. Spans are seconds, points of time are as RFC 3339 has them, sizes
/// are bytes.
package enum BuildField: String, Sendable, CaseIterable {
    /// Its name everywhere: 25 characters.
    case id
    /// `queued`, `running`, `succeeded`, `failed`, `cancelled`, `timed-out`, `skipped` or `interrupted`.
    case status
    /// Why it waits or didn't end well, in a line.
    case reason
    /// `build`, `batch` or `task`: what it is part of.
    case job
    /// The batch or task that it belongs to: `id`, `place` from 0, `count`.
    case batch
    /// Its target or step; null for a build by itself.
    case name
    /// The names that its image was to have.
    case tags
    /// The images that it made, each with `names`, `digest`, `id` and `pushed`.
    case images
    /// The size of its image's layers.
    case imageSize
    /// How many layers its image has.
    case layers
    /// The engine that took it.
    case engine
    /// Who answers for it.
    case owner
    /// The project that it belongs to.
    case project
    /// The group of jobs that it belongs to.
    case group
    /// How urgent it is.
    case priority
    /// Words to find it by.
    case labels
    /// Where its files come from.
    case context
    /// Its Dockerfile.
    case dockerfile
    /// The stage that is built.
    case target
    /// What it is built for.
    case platforms
    /// The repository of its files.
    case source
    /// The commit of its files, with `-dirty` behind it where they were changed.
    case commit
    /// When it was asked for.
    case created
    /// When it began.
    case started
    /// When it ended.
    case ended
    /// How long it waited until it began.
    case waited
    /// How long it ran.
    case duration
    /// How often it was begun.
    case attempts
    /// How many steps it has.
    case steps
    /// How many of them have ended, cached ones included.
    case completedSteps
    /// How many of them came from the cache.
    case cachedSteps
    /// How many bytes its steps printed.
    case logSize
    /// How many bytes of contexts and Dockerfiles were sent to the engine.
    case sent
    /// How many bytes of layers the engine fetched.
    case pulled
    /// What it was to have of the machine: `processors`, `memory`, `disk` and `network`.
    case needs
    /// Whether it is kept whatever its age.
    case pinned
    /// The arguments that it was asked for with.
    case command
    /// The directory that they were given in.
    case directory

    /// Its name in a template.
    package var goName: String { self == .id ? "ID" : rawValue.prefix(1).uppercased() + rawValue.dropFirst() }

    /// The head of its column.
    var head: String {
        rawValue.reduce(into: "") { head, letter in
            if letter.isUppercase { head += " " }
            head += letter.uppercased()
        }
    }

    /// What a build has of it.
    package func value(of record: BuildRecord) -> JSON {
        let asked = record.submission
        switch self {
        case .batch: return asked.membership?.json ?? .null
        case .tags: return .texts(asked.images)
        case .images: return .array(record.images.map(\.json))
        case .imageSize: return .count(record.statistics?.imageSize)
        case .layers: return .count(record.statistics?.layers)
        case .labels: return .texts(asked.labels)
        case .platforms: return .texts(asked.platforms)
        case .waited: return .seconds(record.waited)
        case .duration: return .seconds(record.duration)
        case .attempts: return .count(record.attempts)
        case .steps: return .count(record.steps)
        case .completedSteps: return .count(record.completedSteps)
        case .cachedSteps: return .count(record.cachedSteps)
        case .logSize: return .count(record.logSize)
        case .sent: return .count(record.traffic.sent)
        case .pulled: return .count(record.traffic.pulled)
        case .needs: return asked.needs.json
        case .pinned: return .bool(record.isPinned)
        case .command: return asked.invocation.map { .texts($0.arguments) } ?? .null
        default: return .text(text(of: record))
        }
    }

    private func text(of record: BuildRecord) -> String? {
        let asked = record.submission
        switch self {
        case .id: return asked.id.description
        case .status: return record.status.rawValue
        case .reason: return record.reason
        case .job: return asked.job.rawValue
        case .name: return asked.name
        case .engine: return record.engine
        case .owner: return asked.owner
        case .project: return asked.project
        case .group: return asked.group
        case .priority: return asked.priority
        case .context: return asked.context
        case .dockerfile: return asked.dockerfile
        case .target: return asked.target
        case .source: return asked.revision?.source
        case .commit: return asked.revision?.commit
        case .created: return asked.time.rfc3339
        case .started: return record.started?.rfc3339
        case .ended: return record.ended?.rfc3339
        case .directory: return asked.invocation?.directory
        default: return nil
        }
    }
}
