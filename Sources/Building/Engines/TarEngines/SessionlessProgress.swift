import CaissonText
import CaissonBuildModel

/// What an engine's answer to a build means: the same events as BuildKit's, and how the build went.
///
/// A value that takes messages and gives events; it knows no clock and no connection.
struct SessionlessProgress: Sendable {
    /// Why the build failed.
    struct Failure: Error, Sendable, Hashable {
        /// The engine's words.
        var message: String
        /// The step, when one had begun.
        var step: FailedStep?
    }

    /// A step that has begun.
    private struct Step: Sendable {
        var vertex: Vertex
        var stage: Int
        var index: Int
    }

    /// What is known of a stage.
    private struct Stage: Sendable {
        var name: String?
        var last = 0
        var count: Int
    }

    private let ref: String
    private let isPodman: Bool
    private var lines: BuilderLines
    private var open: [Step] = []
    private var stages: [Int: Stage] = [:]
    private var vertexes = 0
    private var layers: [String: VertexStatus] = [:]
    /// A line that is the image's id if nothing follows it.
    private var lastLine: String?
    private var isBuilt = false
    private var madeID: String?
    private var changes = SolveStatus()
    private var notices: [String] = []
    /// Why the build failed; nil as long as it did not.
    private(set) var failure: Failure?

    /// No more layers are shown than a base image can have.
    private static let mostLayers = 1000

    init(ref: String, isPodman: Bool) {
        self.ref = ref
        self.isPodman = isPodman
        lines = BuilderLines(isPodman: isPodman)
    }

    /// The image's id once the build has succeeded, with `sha256:`; nil where it has not.
    var imageID: String? {
        guard failure == nil else { return nil }
        guard isPodman else { return isBuilt ? madeID : nil }
        return lastLine.map { "sha256:" + $0 }
    }

    /// What a message means.
    mutating func take(_ message: EngineMessage, at now: Timestamp) -> [BuildEvent.Kind] {
        if let id = message.imageID { madeID = id }
        if let stream = message.stream { take(stream, now) }
        if let status = message.status { take(status: status, message, now) }
        if let error = message.error { fail(error, exitCode: message.exitCode, now) }
        return events()
    }

    /// What the end of the answer means; steps that were cut off by a cancellation say so as BuildKit does.
    mutating func finish(at now: Timestamp, isCancelled: Bool = false) -> [BuildEvent.Kind] {
        for piece in lines.finish() { take(piece, now) }
        let cutOff = isCancelled ? "context canceled" : "the engine broke off"
        let error = imageID == nil && failure == nil ? cutOff : ""
        while !open.isEmpty { close(open.count - 1, error: error, now) }
        return events()
    }

    private mutating func events() -> [BuildEvent.Kind] {
        defer {
            changes = SolveStatus()
            notices = []
        }
        return notices.map { .notice(FieldMessage($0)) } + (changes.isEmpty ? [] : [.status(changes)])
    }
}

// MARK: - Output

extension SessionlessProgress {
    private mutating func take(_ stream: String, _ now: Timestamp) {
        // The classic builder paints what a step writes on its standard error.
        let (red, plain) = ("\u{1B}[91m", "\u{1B}[0m")
        if !isPodman, stream.hasPrefix(red), stream.hasSuffix(plain) {
            return log(String(stream.dropFirst(red.count).dropLast(plain.count)), stream: 2, now)
        }
        for piece in lines.take(stream) { take(piece, now) }
    }

    private mutating func take(_ piece: BuilderLines.Piece, _ now: Timestamp) {
        switch piece {
        case .text(let text): log(text, now)
        case .line(let line):
            let plain = line.hasSuffix("\r") ? String(line.dropLast()) : line
            guard let known = isPodman ? BuilderLine(podman: plain) : BuilderLine(classic: plain), take(known, now)
            else {
                return log(line + "\n", now)
            }
        }
    }

    /// Takes a line of the builder's; false when it can't be one at this place, and so is a step's output.
    private mutating func take(_ line: BuilderLine, _ now: Timestamp) -> Bool {
        if case .imageID(let id) = line {
            giveBackLastLine(now)
            lastLine = id
            return true
        }
        guard accepts(line) else { return false }
        giveBackLastLine(now)
        switch line {
        case .step(let step): begin(step, now)
        case .cached: markCached()
        case .done: close(open.count - 1, now)
        case .commit(let name): beginExport(name, now)
        case .tagged(let name): if isPodman { tell("naming to \(name)", now) }
        case .built: isBuilt = true
        case .layer(let text): take(layer: text, now)
        case .warning(let text): if !SessionlessProgress.isNoise(text) { notices.append(text) }
        case .imageID, .noise: break
        }
        return true
    }

    /// Whether a line can come now.
    private func accepts(_ line: BuilderLine) -> Bool {
        switch line {
        case .step(let step):
            let known = stages[step.stage]
            return step.index > known?.last ?? 0 && known?.count ?? step.count == step.count
        case .cached, .done, .layer: return !open.isEmpty
        case .commit: return !stages.isEmpty
        case .built(let id): return madeID?.hasPrefix("sha256:" + id) == true
        case .tagged, .warning, .noise, .imageID: return true
        }
    }

    /// Podman gives a build the platform's arguments by itself, and warns nonetheless that nobody gave or used them.
    private static func isNoise(_ warning: String) -> Bool {
        var words = warning.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.filter {
            $0.allSatisfy { !$0.isLowercase }
        }
        words.removeAll { word in
            ["BUILD", "TARGET"].contains { word.hasPrefix($0) }
                && ["PLATFORM", "OS", "ARCH", "VARIANT"].contains { word.hasSuffix($0) }
        }
        let isAboutArguments =
            warning.hasPrefix("missing \"") || warning.hasPrefix("one or more build args were not consumed")
        return isAboutArguments && words.allSatisfy { ["T", "VALUE", "SOURCE_DATE_EPOCH"].contains($0) }
    }

    /// A line that wasn't the last was a step's output.
    private mutating func giveBackLastLine(_ now: Timestamp) {
        guard let line = lastLine.take() else { return }
        log(line + "\n", now)
    }

    private mutating func log(_ text: String, stream: Int = 1, _ now: Timestamp) {
        giveBackLastLine(now)
        guard let vertex = open.last?.vertex.digest else {
            let words = text.split(whereSeparator: \.isNewline).filter { !$0.allSatisfy(\.isWhitespace) }
            notices += words.map(String.init)
            return
        }
        changes.logs.append(VertexLog(vertex: vertex, stream: stream, data: Array(text.utf8), timestamp: now))
    }
}

// MARK: - Steps

extension SessionlessProgress {
    private mutating func begin(_ line: StepLine, _ now: Timestamp) {
        if let before = open.lastIndex(where: { $0.stage == line.stage }) { close(before, now) }
        var stage = stages[line.stage] ?? Stage(count: line.count)
        if line.index == 1, isPodman { stage.name = SessionlessProgress.stageName(line) }
        stage.last = line.index
        stages[line.stage] = stage
        let place = "\(line.index)/\(line.count)"
        let name = "[\(stage.name.map { $0 + " " } ?? "")\(place)] \(line.text)"
        begin(name, stage: line.stage, index: line.index, now)
    }

    private mutating func begin(_ name: String, stage: Int, index: Int, _ now: Timestamp) {
        vertexes += 1
        let vertex = Vertex(digest: "caisson:\(ref):\(vertexes)", name: name, started: now)
        open.append(Step(vertex: vertex, stage: stage, index: index))
        changes.vertexes.append(vertex)
    }

    /// As BuildKit names stages: by the name that the Dockerfile gives, else by the number where there are several.
    private static func stageName(_ line: StepLine) -> String? {
        let words = line.text.split(separator: " ")
        if words.count > 2, words[words.count - 2].lowercased() == "as" { return String(words[words.count - 1]) }
        return line.stages > 1 ? "stage-\(line.stage - 1)" : nil
    }

    private mutating func beginExport(_ name: String, _ now: Timestamp) {
        while !open.isEmpty { close(open.count - 1, now) }
        begin(name.isEmpty ? "exporting to image" : "exporting to image \(name)", stage: 0, index: 0, now)
    }

    private mutating func markCached() {
        open[open.count - 1].vertex.isCached = true
    }

    private mutating func close(_ index: Int, error: String = "", _ now: Timestamp) {
        var vertex = open.remove(at: index).vertex
        vertex.completed = now
        vertex.error = error
        for (key, layer) in layers where layer.vertex == vertex.digest && layer.completed == nil {
            var layer = layer
            layer.completed = now
            layer.timestamp = now
            changes.statuses.append(layer)
            layers[key] = nil
        }
        changes.vertexes.append(vertex)
    }

    /// Work of the last step that is over as it is told.
    private mutating func tell(_ what: String, _ now: Timestamp) {
        guard let vertex = open.last?.vertex.digest else { return }
        changes.statuses.append(
            VertexStatus(id: what, vertex: vertex, timestamp: now, started: now, completed: now)
        )
    }

    private mutating func fail(_ words: String, exitCode: Int?, _ now: Timestamp) {
        giveBackLastLine(now)
        let message = String(words.drop(while: \.isWhitespace)).trimmingTrailingWhitespace
        let code = exitCode ?? SessionlessProgress.exitCode(in: message)
        let step = open.last.map {
            FailedStep(vertex: $0.vertex.digest, name: $0.vertex.name, exitCode: code)
        }
        failure = failure ?? Failure(message: message.isEmpty ? "the engine gave no reason" : message, step: step)
        if !open.isEmpty { close(open.count - 1, error: message, now) }
    }

    /// The number in podman's `…: while running runtime: exit status 7`.
    private static func exitCode(in message: String) -> Int? {
        guard let at = message.ranges(of: "exit status ").last else { return nil }
        return Int(message[at.upperBound...])
    }
}

// MARK: - Layers

extension SessionlessProgress {
    /// Podman tells of a layer once, as it begins with it.
    private mutating func take(layer text: String, _ now: Timestamp) {
        guard let vertex = open.last?.vertex.digest, layers.count < Self.mostLayers else { return }
        let status = VertexStatus(id: text, vertex: vertex, timestamp: now, started: now)
        layers[text] = status
        changes.statuses.append(status)
    }

    /// dockerd counts the bytes of each layer, first while it downloads and then while it extracts.
    private mutating func take(status: String, _ message: EngineMessage, _ now: Timestamp) {
        guard let vertex = open.last?.vertex.digest, let id = message.id else { return }
        let isExtracting = status == "Extracting" || status == "Pull complete"
        let key = isExtracting ? "extracting \(id)" : id
        let words = [
            "Downloading", "Verifying Checksum", "Download complete", "Already exists", "Pulling fs layer", "Waiting",
        ]
        guard isExtracting || words.contains(status) else { return tell("\(id): \(status)", now) }
        guard layers[key] != nil || layers.count < Self.mostLayers else { return }
        var layer = layers[key] ?? VertexStatus(id: key, vertex: vertex, timestamp: now, started: now)
        layer.timestamp = now
        if message.total > 0 || message.current > 0 { (layer.current, layer.total) = (message.current, message.total) }
        if ["Download complete", "Already exists", "Pull complete"].contains(status) {
            layer.completed = now
            layer.current = max(layer.current, layer.total)
        }
        layers[key] = layer
        changes.statuses.append(layer)
    }
}

extension String {
    /// The text without white space at its end.
    fileprivate var trimmingTrailingWhitespace: String {
        var rest = self[...]
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
