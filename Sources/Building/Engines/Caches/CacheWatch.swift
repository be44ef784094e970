import CaissonBuildKit
import CaissonBuildModel
import Synchronization

/// Follows the caches of one solve in its status: which failed and why, and which is being written without getting on.
final class CacheWatch: Sendable {
    private struct State {
        var exportErrors: [Int: String] = [:]
        var importErrors: [String: String] = [:]
        var places: [String: Int] = [:]
        var others: Set<String> = []
        var hasRunStep = false
        var lastChange = ContinuousClock.now
    }

    /// What the caches that are written are called in the status, by their place.
    private let vertexes: [String: Int]
    private let names: [String: Int]
    private let state = Mutex(State())

    /// - Parameters:
    ///   - exports: The caches that the solve writes.
    ///   - session: The id of its session, of which engines make the digests of those steps (moby/buildkit
    ///     solver/llbsolver/export.go).
    init(exports: [CachePlan.Entry], session: String) {
        var vertexes: [String: Int] = [:]
        var names: [String: Int] = [:]
        for (place, entry) in exports.enumerated() {
            vertexes[SHA256.digest(Array("\(session)-cache-\(place)".utf8))] = place
            if let name = CacheWatch.stepName(entry.spec.kind) { names[name] = place }
        }
        self.vertexes = vertexes
        self.names = names
    }

    /// Takes an update of the build.
    func receive(_ status: SolveStatus) {
        state.withLock { state in
            for vertex in status.vertexes { note(vertex, &state) }
            if !(status.statuses.isEmpty && status.vertexes.isEmpty && status.logs.isEmpty) { state.lastChange = .now }
        }
    }

    /// Why caches couldn't be written, by their place.
    var exportErrors: [Int: String] { state.withLock { $0.exportErrors } }

    /// Why caches couldn't be read, by the engine's names for them.
    var importErrors: [String: String] { state.withLock { $0.importErrors } }

    /// How long nothing has happened while caches alone were written; nil while anything else goes on.
    var stall: Duration? {
        state.withLock { state in
            guard !state.places.isEmpty, state.others.isEmpty else { return nil }
            return ContinuousClock.now - state.lastChange
        }
    }

    /// Whether a RUN step ran, as it wasn't cached.
    var hasRunStep: Bool { state.withLock { $0.hasRunStep } }

    /// The caches that are being written, by their place.
    var running: [Int] { state.withLock { $0.places.values.sorted() } }

    /// Begins to count anew, after it was found that all is well.
    func forgive() { state.withLock { $0.lastChange = .now } }

    private func note(_ vertex: Vertex, _ state: inout State) {
        let place = vertexes[vertex.digest] ?? names[vertex.name]
        let isRunning = vertex.started != nil && vertex.completed == nil
        if let place {
            state.places[vertex.digest] = isRunning ? place : nil
            if !vertex.error.isEmpty { state.exportErrors[place] = vertex.error }
            return
        }
        if isRunning { state.others.insert(vertex.digest) } else { state.others.remove(vertex.digest) }
        if isRunning, !vertex.isCached, vertex.name.contains("] RUN ") { state.hasRunStep = true }
        let prefix = "importing cache manifest from "
        if vertex.name.hasPrefix(prefix), !vertex.error.isEmpty {
            state.importErrors[String(vertex.name.dropFirst(prefix.count))] = vertex.error
        }
    }

    private static func stepName(_ kind: CacheSpec.Kind) -> String? {
        switch kind {
        case .registry: "exporting cache to registry"
        case .local: "exporting cache to client directory"
        case .gha: "exporting cache to GitHub Actions Cache"
        case .s3: "exporting cache to Amazon S3"
        case .azblob: "exporting cache to Azure Blob Storage"
        case .inline: nil
        }
    }
}
