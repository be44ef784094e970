import CaissonBuildModel
package import CaissonJSON

extension TaskJob {
    /// The task as its file has it, with the image of each step; what is read from it is the same task.
    package var json: JSON {
        var task: [JSONMember] = [JSONMember("id", .string(id))]
        task.add("image", image.map { .string($0.description) })
        task.append(JSONMember("steps", .array(steps.map(\.json))))
        task.add("resources", resources.json)
        task.add("timeout", timeout.map(JSON.init(span:)))
        task.add("metadata", metadata)
        return .object([JSONMember("build_task", .object(task))])
    }

    private var metadata: JSON? {
        var members: [JSONMember] = []
        members.add("owner", owner.map(JSON.string))
        members.add("project", project.map(JSON.string))
        members.add("priority", priority.map(JSON.string))
        members.add("estimated_duration", estimatedDuration.map(JSON.init(span:)))
        members.add("tags", tags.isEmpty ? nil : .array(tags.map(JSON.string)))
        return members.isEmpty ? nil : .object(members)
    }
}

extension TaskJob.Step {
    fileprivate var json: JSON {
        var step = [JSONMember("id", .string(id)), JSONMember("image", .string(image.description))]
        step.append(JSONMember("command", .string(command)))
        step.add("args", arguments.isEmpty ? nil : .array(arguments.map(JSON.string)))
        step.add("env", environment.isEmpty ? nil : JSON(environment))
        step.append(JSONMember("working_dir", .string(workingDirectory)))
        step.add("timeout", timeout.map(JSON.init(span:)))
        step.add("dependencies", dependencies.isEmpty ? nil : .array(dependencies.map(JSON.string)))
        step.add("network_access", network.map(JSON.bool))
        return .object(step)
    }
}

extension MachineNeeds {
    /// What is needed, as a task's file has it; nil where nothing is said.
    fileprivate var json: JSON? {
        var members: [JSONMember] = []
        members.add("cpu_cores", milliprocessors.map { .number(JSON.thousandths(Int64($0))) })
        members.add("memory_mb", memory.map { .number("\($0 >> 20)") })
        members.add("disk_mb", disk.map { .number("\($0 >> 20)") })
        members.add("network_access", network.map(JSON.bool))
        return members.isEmpty ? nil : .object(members)
    }
}

extension [JSONMember] {
    fileprivate mutating func add(_ name: String, _ value: JSON?) {
        if let value { append(JSONMember(name, value)) }
    }
}

extension JSON {
    fileprivate init(span: Duration) { self = .string(Timespan(span).description) }

    /// A number of thousandths as a number of ones: `2`, `0.5`.
    static func thousandths(_ count: Int64) -> String {
        let (whole, rest) = count.quotientAndRemainder(dividingBy: 1000)
        guard rest > 0 else { return "\(whole)" }
        var fraction = String(String(rest + 1000).dropFirst())
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return "\(whole).\(fraction)"
    }
}
