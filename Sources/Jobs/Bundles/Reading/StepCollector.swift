import CaissonBuildModel
import CaissonText

/// Makes the steps of a build from the messages of its log; later messages tell more of the same steps.
struct StepCollector {
    private let limits: BundleLimits
    private var places: [String: Int] = [:]
    private var inputs: [[String]] = []
    private var taken = 0
    private var found: [StepRecord] = []
    /// The first lines of warnings, in their order.
    private(set) var warnings: [String] = []
    /// How many bytes were printed.
    private(set) var logSize: Int64 = 0
    /// Why what follows isn't known, in a line; nil where all is.
    private(set) var problem: String?

    /// Begins without steps.
    init(_ limits: BundleLimits) { self.limits = limits }

    /// The steps in the order in which they were first told.
    var steps: [StepRecord] {
        zip(found, inputs).map { step, inputs in
            var step = step
            step.inputs = inputs.compactMap { places[$0].map { $0 + 1 } }
            return step
        }
    }

    /// Takes all messages, as far as they can be read.
    ///
    /// - Throws: `system` alone.
    mutating func take(_ frames: inout StatusFrames) throws(BundleError) {
        do throws(BundleError) {
            while let bytes = try frames.next() { try take(bytes) }
        } catch {
            guard error.code != .system else { throw error }
            problem = error.message
        }
    }

    private mutating func take(_ bytes: [UInt8]) throws(BundleError) {
        let message: StatusMessage
        do throws(WireReader.Malformed) {
            message = try StatusMessage(bytes)
        } catch {
            throw BundleError(.damaged, "a log in the bundle holds what is no message")
        }
        for vertex in message.vertexes { try take(vertex) }
        for log in message.logs {
            logSize = logSize.clampedAdding(Int64(log.data.count))
            if let place = places[log.vertex] {
                found[place].logSize = found[place].logSize.clampedAdding(Int64(log.data.count))
            }
        }
        for warning in message.warnings { try take(warning: warning) }
    }

    private mutating func take(_ vertex: Vertex) throws(BundleError) {
        guard !vertex.digest.isEmpty else { return }
        let place = places[vertex.digest] ?? found.count
        if place == found.count {
            guard found.count < limits.steps else {
                throw BundleError(.limitExceeded, "a build in the bundle has more than \(limits.steps) steps")
            }
            try count(vertex.digest.utf8.count + vertex.name.utf8.count)
            places[vertex.digest] = place
            found.append(StepRecord(place + 1, digest: vertex.digest, name: vertex.name))
            inputs.append([])
        }
        if !vertex.inputs.isEmpty, inputs[place].isEmpty {
            try count(vertex.inputs.map(\.utf8.count).clampedSum)
            inputs[place] = vertex.inputs
        }
        try update(place, vertex)
    }

    private mutating func update(_ place: Int, _ vertex: Vertex) throws(BundleError) {
        if vertex.isCached { found[place].isCached = true }
        if let started = vertex.started {
            found[place].started = started
            found[place].completed = vertex.completed
        }
        if !vertex.error.isEmpty, vertex.error != found[place].error {
            try count(vertex.error.utf8.count)
            found[place].error = vertex.error
        }
    }

    private mutating func take(warning: String) throws(BundleError) {
        try count(warning.utf8.count + 64)
        warnings.append(warning)
    }

    private mutating func count(_ bytes: Int) throws(BundleError) {
        taken = taken.clampedAdding(bytes)
        guard taken <= limits.stepText else {
            throw BundleError(.limitExceeded, "the steps of a build in the bundle tell more than is taken")
        }
    }
}
