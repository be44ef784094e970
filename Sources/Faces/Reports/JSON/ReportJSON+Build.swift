import CaissonBuildModel
import CaissonJSON
import CaissonReporting

/// The build in focus.
extension ReportJSON {
    static func build(_ build: ReportBuild) -> JSON {
        .members(
            ("id", .string(build.id)),
            ("names", .array(build.names.map { .string($0) })),
            ("status", .string(build.status.rawValue)),
            ("engine", .words(build.engine)),
            ("started", .words(build.started?.rfc3339)),
            ("ended", .words(build.ended?.rfc3339)),
            ("revision", .words(build.revision)),
            ("error", .words(build.error)),
            ("steps", .array(build.steps.map(step))),
            ("criticalPath", .array(build.path.map(part)))
        )
    }

    private static func part(_ part: ReportBuild.PathPart) -> JSON {
        .members(
            ("step", .whole(part.step)),
            ("waited", .span(seconds: part.wait)),
            ("reason", .words(part.reason))
        )
    }

    private static func step(_ step: ReportStep) -> JSON {
        .members(
            ("number", .whole(step.number)),
            ("stage", .words(step.stage)),
            ("text", .string(step.text)),
            ("started", .words(step.started?.rfc3339)),
            ("completed", .words(step.ended?.rfc3339)),
            ("outcome", .string(step.outcome.rawValue)),
            ("error", .words(step.error)),
            ("usual", step.usual.map(usual) ?? .null),
            ("why", .words(step.why)),
            ("log", .array(step.log.map { .string($0) })),
            ("usage", step.usage.map(usage) ?? .null)
        )
    }

    private static func usual(_ usual: ReportStep.Usual) -> JSON {
        .members(
            ("median", .span(seconds: usual.median)),
            ("spread", .span(seconds: usual.spread)),
            ("count", .whole(max(0, usual.count))),
            ("verdict", .words(usual.verdict?.rawValue))
        )
    }

    private static func usage(_ usage: ReportStep.Usage) -> JSON {
        .members(
            ("processor", .span(seconds: usage.processor)),
            ("memory", .whole(usage.memory.map { max(0, $0) })),
            ("read", .whole(usage.read.map { max(0, $0) })),
            ("written", .whole(usage.written.map { max(0, $0) })),
            ("network", .whole(usage.network.map { max(0, $0) }))
        )
    }
}
