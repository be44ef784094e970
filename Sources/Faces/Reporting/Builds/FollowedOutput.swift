package import CaissonBuildModel

/// What the steps of a build print that is followed while it runs.
package struct FollowedOutput: Sendable {
    private let wanted: String?
    private var lines: OutputLines
    /// The numbers that steps have from their beginning on, and their names, which may be told before.
    private var numbers: [String: Int] = [:]
    private var names: [String: String] = [:]

    /// Begins before anything was told of the build.
    ///
    /// - Parameter step: The digest of the step whose output is wanted, byte for byte; nil for that of all.
    package init(step: String?) {
        wanted = step
        lines = OutputLines(isRaw: step != nil)
    }

    /// Takes note of the number of a step.
    package mutating func number(_ number: Int, of digest: String) {
        numbers[digest] = number
        if let name = names[digest] { lines.name(number, name) }
    }

    /// What to print of what is told of steps at once: their output comes before their ends.
    package mutating func text(of status: SolveStatus) -> [UInt8] {
        var text: [UInt8] = []
        for vertex in status.vertexes { note(vertex) }
        for log in status.logs where wanted == nil || log.vertex == wanted {
            text += lines.text(of: log.data, step: numbers[log.vertex] ?? 0)
        }
        for vertex in status.vertexes where vertex.completed != nil {
            if let number = numbers[vertex.digest] { text += lines.end(number) }
        }
        return text
    }

    private mutating func note(_ vertex: Vertex) {
        if !vertex.name.isEmpty { names[vertex.digest] = vertex.name }
        guard let number = numbers[vertex.digest] else { return }
        if !vertex.name.isEmpty { lines.name(number, vertex.name) }
        if vertex.started != nil, vertex.completed == nil { lines.begin(number) }
    }

    /// What is left of lines that got no end, behind all output.
    package mutating func rest() -> [UInt8] { lines.rest() }
}
