import CaissonBuildModel
import CaissonText

/// A step, and where parts of it stand in the file.
struct PlacedStep {
    var step: TaskJob.Step
    /// The byte at which its name stands, or at which it begins where it has none.
    var offset: Int
    /// The bytes at which its dependencies stand.
    var dependencyOffsets: [Int] = []
    /// Whether it has a name.
    var isNamed: Bool
}

extension TaskReader {
    /// Linux gives a program no argument and no variable that is longer, its end included: `MAX_ARG_STRLEN`.
    static let longestArgument = 131_071
    /// Linux takes no longer path: `PATH_MAX`, its end included.
    private static let longestPath = 4095
    /// Variables that every step is given, so that it can't have other ones of these names.
    private static let ownVariables = ["ARTIFACT_DIR", "WORKSPACE"]

    /// The steps of a task.
    mutating func steps(of task: TaskObject, _ image: ImageReference?) -> [PlacedStep] {
        guard let value = task["steps"], let items = list(task, "steps") else { return [] }
        guard (1...TaskJob.stepLimit).contains(items.count) else {
            note(value.offset, "\(task.path).steps has \(items.count) steps, but has to have 1 to \(TaskJob.stepLimit)")
            return []
        }
        // An image of the task that can't be read is a problem by itself: the steps' lack of one is none beside it.
        let fallback = task["image"] == nil ? defaultImage : image
        let isOpen = task["image"] == nil && defaultImage == nil
        return items.enumerated().compactMap { place, item in
            let path = "\(task.path).steps[\(place)]"
            guard let object = object(item, .step, path) else { return nil }
            var step = step(object, fallback)
            if isOpen, object["image"] == nil {
                note(item.offset, "\(path) has no image, nor has build_task, and none is configured; name one")
            }
            readEnvironment(of: object, into: &step.step)
            return step
        }
    }

    private mutating func step(_ object: TaskObject, _ fallback: ImageReference?) -> PlacedStep {
        let id = name(of: object, limit: 64)
        // Without any image a problem is noted, and nobody sees the step.
        let image = image(of: object) ?? fallback ?? ImageReference(domain: "", path: "")
        var step = TaskJob.Step(id ?? "", image: image, command: command(of: object))
        step.arguments = arguments(of: object)
        step.timeout = span(object, "timeout")
        step.network = boolean(object, "network_access")
        directory(of: object).map { step.workingDirectory = $0 }
        let dependencies = dependencies(of: object)
        step.dependencies = dependencies.map(\.name)
        var placed = PlacedStep(step: step, offset: object["id"]?.offset ?? object.offset, isNamed: id != nil)
        placed.dependencyOffsets = dependencies.map(\.offset)
        return placed
    }

    private mutating func command(of object: TaskObject) -> String {
        guard let value = object["command"], let text = argument(value, "\(object.path).command") else { return "" }
        if text.isEmpty { note(value.offset, "\(object.path).command is empty") }
        return text
    }

    private mutating func arguments(of object: TaskObject) -> [String] {
        (list(object, "args") ?? []).enumerated().compactMap { place, value in
            argument(value, "\(object.path).args[\(place)]")
        }
    }

    private mutating func argument(_ value: PlacedJSON, _ path: String) -> String? {
        guard let text = text(value, path) else { return nil }
        guard text.utf8.count <= Self.longestArgument else {
            note(value.offset, "\(path) has \(text.utf8.count) bytes, but Linux takes \(Self.longestArgument) at most")
            return nil
        }
        return text
    }

    /// The directory that a step runs in, without `.` and `..`.
    private mutating func directory(of object: TaskObject) -> String? {
        guard let value = object["working_dir"], let text = text(value, "\(object.path).working_dir") else {
            return nil
        }
        let isShown = text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
        guard !text.isEmpty, isShown, text.utf8.count <= Self.longestPath else {
            note(
                value.offset,
                "\(object.path).working_dir is \(text.quoted), but has to be a path without control characters"
            )
            return nil
        }
        var names: [String] = []
        let start = text.utf8.first == UInt8(ascii: "/") ? "" : TaskDirectory.workspace
        for name in (start + "/" + text).pieces(at: "/") where !name.isEmpty && name != "." {
            if name == ".." { _ = names.popLast() } else { names.append(name) }
        }
        return "/" + names.joined(separator: "/")
    }

    private mutating func dependencies(of object: TaskObject) -> [(name: String, offset: Int)] {
        (list(object, "dependencies") ?? []).enumerated().compactMap { place, value in
            text(value, "\(object.path).dependencies[\(place)]").map { ($0, value.offset) }
        }
    }
}

// MARK: - Variables

extension TaskReader {
    private mutating func readEnvironment(of object: TaskObject, into step: inout TaskJob.Step) {
        guard let value = object["env"] else { return }
        guard let members = value.members else {
            return note(value.offset, "\(object.path).env has to be an object of texts")
        }
        var names: Set<String> = []
        for member in members {
            guard isVariable(member, of: object), let text = text(member.value, "\(object.path).env.\(member.name)")
            else { continue }
            let size = member.name.utf8.count + 1 + text.utf8.count
            guard size <= Self.longestArgument else {
                note(
                    member.value.offset,
                    "\(object.path).env.\(member.name) has \(size) bytes with its name, but Linux takes "
                        + "\(Self.longestArgument) at most"
                )
                continue
            }
            if !names.insert(member.name).inserted {
                note(member.offset, "\(object.path).env has \(member.name) twice; remove one of the two")
            }
            step.environment[member.name] = text
        }
    }

    private mutating func isVariable(_ member: PlacedJSON.Member, of object: TaskObject) -> Bool {
        let name = member.name
        let rest = Set("_.-".utf8)
        guard let first = name.utf8.first, !first.isDigit, name.utf8.count <= 1024,
            name.utf8.allSatisfy({ $0.isAlphanumeric || rest.contains($0) })
        else {
            note(
                member.offset,
                "\(object.path).env has \(name.quoted), but the name of a variable has A-Z, a-z, 0-9, '_', '.' and "
                    + "'-', and begins with no digit"
            )
            return false
        }
        guard !Self.ownVariables.contains(name), !name.hasPrefix("CAISSON_") else {
            note(member.offset, "\(object.path).env has \(name), which is set by caisson; choose another name")
            return false
        }
        return true
    }
}
