import CaissonBuildModel
import CaissonText

@testable import CaissonTasks

extension BuildID {
    /// A run's name that is the same in each test.
    static var known: BuildID { BuildID("aaaaabbbbbcccccdddddeeeee") ?? BuildID() }
}

extension ImageReference {
    /// An image of that name; an odd one where the name is none, which a test sees.
    static func named(_ name: String) -> ImageReference {
        (try? ImageReference(parsing: name)) ?? ImageReference(domain: "wrong", path: name)
    }
}

extension TaskJob {
    /// Reads a task whose steps are given as JSON.
    init(steps: String, image: String? = "box:1") throws(TaskError) {
        let text = #"{"build_task": {"id": "t", "steps": [\#(steps)]}}"#
        try self.init(parsing: Array(text.utf8), file: "task.json", image: image.map(ImageReference.named))
    }
}

extension TaskSettings {
    /// Settings with a known run.
    static var known: TaskSettings { TaskSettings(run: .known) }
}

extension BuildPlan.Node {
    /// Its Dockerfile's text.
    var dockerfile: String {
        guard case .text(let bytes) = request.dockerfile else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// What is wrong with a task's file, a line each.
func problems(_ text: String, image: String? = "box:1") -> [String] {
    do {
        _ = try TaskJob(parsing: Array(text.utf8), file: "task.json", image: image.map(ImageReference.named))
        return []
    } catch {
        return error.description.pieces(at: "\n")
    }
}
