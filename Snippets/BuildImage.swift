// Builds an image from a folder with a Dockerfile, and prints every step as it ends:
//
//     swift run BuildImage FOLDER NAME

import Caisson

/// Prints what happens; a window or a log would be another sink of the same events.
struct StepPrinter: BuildEventSink {
    func receive(_ event: BuildEvent) {
        switch event.kind {
        case .status(let status):
            for step in status.vertexes where step.completed != nil {
                print(step.isCached ? "cached: \(step.name)" : "done: \(step.name)")
            }
        case .notice(let text): print("note: \(text)")
        case .artifact(let artifact): print("made: \(artifact)")
        case .started, .attempt, .context, .finished: break
        }
    }
}

/// Builds on the engine that the environment names or that runs here; where none does, one is started.
func buildImage(from folder: String, named name: String) async throws -> String? {
    var request = BuildRequest(context: .directory(folder))
    request.tags = [try ImageReference(parsing: name)]
    request.labels = ["org.example.built-by": "the library"]
    return try await build(request, events: StepPrinter()).imageID
}

guard CommandLine.arguments.count == 3 else {
    print("usage: BuildImage FOLDER NAME")
    throw BuildError(.usage, "two arguments are needed")
}
let id = try await buildImage(from: CommandLine.arguments[1], named: CommandLine.arguments[2])
print("built \(id ?? "no image")")
