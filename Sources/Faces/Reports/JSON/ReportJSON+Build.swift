import CaissonBuildModel
import CaissonJSON

/// The build in focus.
extension ReportJSON {
    static func build(_ build: ReportBuild) -> JSON {
        var object = JSONObject()
        object.add("id", build.id)
        object.add("names", .array(build.names.map { .string($0) }))
        object.add("status", build.status.rawValue)
        object.add("engine", build.engine)
        object.add("started", build.started)
        object.add("ended", build.ended)
        object.add("revision", build.revision)
        object.add("error", build.error)
        object.add("steps", build.steps, step)
        object.add("criticalPath", build.path) { part in
            var object = JSONObject()
            object.add("step", .number("\(part.step)"))
            object.add("waitSeconds", seconds: part.wait)
            object.add("reason", part.reason)
            return object.value
        }
        return object.value
    }

    private static func step(_ step: ReportStep) -> JSON {
        var object = JSONObject()
        object.add("number", .number("\(step.number)"))
        object.add("stage", step.stage)
        object.add("text", step.text)
        object.add("started", step.started)
        object.add("ended", step.ended)
        object.add("outcome", step.outcome.rawValue)
        object.add("error", step.error)
        object.add("usual", step.usual.map(usual))
        object.add("why", step.why)
        if !step.log.isEmpty { object.add("log", .array(step.log.map { .string($0) })) }
        object.add("usage", step.usage.map(usage))
        return object.value
    }

    private static func usual(_ usual: ReportStep.Usual) -> JSON {
        var object = JSONObject()
        object.add("medianSeconds", seconds: usual.median)
        object.add("spreadSeconds", seconds: usual.spread)
        object.add("count", .number("\(max(0, usual.count))"))
        object.add("verdict", usual.verdict?.rawValue)
        return object.value
    }

    private static func usage(_ usage: ReportStep.Usage) -> JSON {
        var object = JSONObject()
        object.add("processorSeconds", seconds: usage.processor)
        object.add("memoryBytes", count: usage.memory)
        object.add("readBytes", count: usage.read)
        object.add("writtenBytes", count: usage.written)
        object.add("networkBytes", count: usage.network)
        return object.value
    }
}
