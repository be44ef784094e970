package import CaissonBuildModel
import CaissonJSON
import CaissonText

extension TaskJob {
    /// Reads a task's file.
    ///
    /// - Parameters:
    ///   - bytes: What is in the file.
    ///   - file: What its user calls it.
    ///   - image: The image of steps where neither they nor the task name one; nil where there is none.
    /// - Throws: All that is wrong with it.
    package init(parsing bytes: [UInt8], file: String, image: ImageReference? = nil) throws(TaskError) {
        guard bytes.count <= Self.fileLimit else {
            throw TaskError([TaskProblem(file, nil, "it is larger than \(Self.fileLimit) bytes")])
        }
        let value: PlacedJSON
        do {
            value = try PlacedJSON(parsing: bytes)
        } catch {
            let place = TextPlace(of: error.offset, in: bytes)
            throw TaskError([TaskProblem(file, place, "it is no JSON: \(error.problem)")])
        }
        var reader = TaskReader(defaultImage: image)
        let job = reader.job(value)
        guard let job, reader.problems.isEmpty else {
            throw TaskError(
                reader.problems.sorted { $0.offset < $1.offset }.map { problem in
                    TaskProblem(file, TextPlace(of: problem.offset, in: bytes), problem.message)
                }
            )
        }
        self = job
    }
}

/// Reads the values of a task's file, and notes all that is wrong with them.
struct TaskReader {
    /// What is wrong, and the byte at which it stands.
    private(set) var problems: [(offset: Int, message: String)] = []
    /// The image of steps where neither they nor the task name one.
    let defaultImage: ImageReference?

    init(defaultImage: ImageReference?) {
        self.defaultImage = defaultImage
    }

    /// Notes a problem; one too many isn't even put into words.
    mutating func note(_ offset: Int, _ message: @autoclosure () -> String) {
        guard problems.count < TaskError.most else { return }
        problems.append((offset, message()))
    }

    /// The task; nil where something that it can't do without is missing or wrong, which is noted then.
    mutating func job(_ value: PlacedJSON) -> TaskJob? {
        guard let file = object(value, .file, "the file"), let inner = file["build_task"],
            let task = object(inner, .task, "build_task")
        else { return nil }
        let image = image(of: task)
        let steps = steps(of: task, image)
        let id = name(of: task, limit: 128)
        let timeout = span(task, "timeout")
        let resources = resources(of: task)
        var job = TaskJob(id ?? "", steps: steps.map(\.step))
        job.image = image
        job.timeout = timeout
        job.resources = resources
        readMetadata(of: task, into: &job)
        checkOrder(steps)
        return id == nil ? nil : job
    }

    private mutating func resources(of task: TaskObject) -> MachineNeeds {
        var needs = MachineNeeds()
        guard let resources = part(of: task, "resources", .resources) else { return needs }
        needs.milliprocessors = processors(resources, "cpu_cores")
        needs.memory = megabytes(resources, "memory_mb")
        needs.disk = megabytes(resources, "disk_mb")
        needs.network = boolean(resources, "network_access")
        return needs
    }

    private mutating func readMetadata(of task: TaskObject, into job: inout TaskJob) {
        guard let metadata = part(of: task, "metadata", .metadata) else { return }
        job.owner = line(metadata, "owner")
        job.project = line(metadata, "project")
        job.priority = priority(metadata, "priority")
        job.estimatedDuration = span(metadata, "estimated_duration")
        for (place, tag) in (list(metadata, "tags") ?? []).enumerated() {
            if let text = line(tag, "\(metadata.path).tags[\(place)]") { job.tags.append(text) }
        }
    }
}

// MARK: - Objects

/// An object of a task's file: its values by their keys.
struct TaskObject {
    /// What people call it, such as `build_task.steps[3]`.
    let path: String
    /// The byte at which it begins.
    let offset: Int
    /// The values that are given; what is `null` isn't.
    fileprivate var values: [String: PlacedJSON] = [:]

    subscript(key: String) -> PlacedJSON? { values[key] }
}

extension TaskReader {
    /// The object that a value is; nil where it is none, or where a key is missing that it can't do without.
    mutating func object(_ value: PlacedJSON, _ table: TaskTable, _ path: String) -> TaskObject? {
        guard let members = value.members else {
            note(value.offset, "\(path) has to be an object with \(table.keys.joined(separator: ", "))")
            return nil
        }
        var object = TaskObject(path: path, offset: value.offset)
        var names: Set<String> = []
        for member in members {
            guard table.keys.contains(member.name) else {
                note(member.offset, Self.unknown(member.name, table, path))
                continue
            }
            guard names.insert(member.name).inserted else {
                note(member.offset, "\(path) has \(member.name) twice; remove one of the two")
                continue
            }
            if !member.value.isNull { object.values[member.name] = member.value }
        }
        let missing = table.required.filter { object[$0] == nil }
        for key in missing { note(value.offset, "\(path) has no \(key)") }
        // A step that has no name or no command is looked at all the same, as more may be wrong with it.
        return missing.isEmpty || table == .step || table == .task ? object : nil
    }

    /// An object in another; nil where it isn't given.
    private mutating func part(of task: TaskObject, _ key: String, _ table: TaskTable) -> TaskObject? {
        guard let value = task[key] else { return nil }
        return object(value, table, "\(task.path).\(key)")
    }

    private static func unknown(_ name: String, _ table: TaskTable, _ path: String) -> String {
        "\(path) has no key \(name.quoted); \(advice(name, table))"
    }

    private static func advice(_ name: String, _ table: TaskTable) -> String {
        if let near = nearest(to: name, among: table.keys) { return "did you mean \(near)?" }
        let owners: [(TaskTable, String)] = [
            (.task, "build_task"), (.step, "a step"), (.resources, "build_task.resources"),
            (.metadata, "build_task.metadata"),
        ]
        if let owner = owners.first(where: { $0.0.keys.contains(name) }) { return "it belongs into \(owner.1)" }
        return "it has \(table.keys.joined(separator: ", "))"
    }
}
