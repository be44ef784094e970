package import CaissonBuildModel
import CaissonText

/// Makes of what a journal tells, entry by entry, what is remembered of the build; it takes any entries in any order.
package struct DossierBuilder: Sendable {
    private var record: BuildRecord
    private var steps: [StepRecord] = []
    private var artifacts: [BuildArtifact] = []
    private var remarks = RemarkList()
    private var contexts: [ContextChanges] = []
    private var error: BuildError?
    private var traffic = TrafficCount()
    /// Where the step of a digest is.
    private var places: [String: Int] = [:]
    /// Where the step of a number is; a step has one from its beginning on, and 0 before.
    private var numbers: [Int: Int] = [:]
    /// No number below is free.
    private var nextNumber = 1
    /// The inputs of the steps by their digests: some are told later than the step that needs them.
    private var inputs: [[String]] = []

    /// Begins with what was asked for.
    package init(_ submission: BuildSubmission) {
        record = BuildRecord(submission)
    }

    /// Whether the build ended.
    package var hasEnded: Bool { record.status.isFinal }

    /// What is known by now.
    package var dossier: BuildDossier {
        var dossier = BuildDossier(record)
        dossier.record.steps = steps.count
        dossier.record.completedSteps = steps.count { $0.completed != nil }
        dossier.record.cachedSteps = steps.count(where: \.isCached)
        dossier.record.traffic = traffic.traffic
        dossier.steps = numberedSteps
        dossier.artifacts = artifacts
        dossier.remarks = remarks.all
        dossier.contexts = contexts
        dossier.error = error
        return dossier
    }

    /// Takes the next entry.
    package mutating func add(_ entry: JournalEntry) {
        guard !hasEnded else { return }
        switch entry {
        case .step(let number, let digest): give(place(of: digest), number)
        case .event(let event): add(event)
        case .output(let piece): add(piece)
        case .remark(let remark): remarks.append(remark)
        case .context(let changes): contexts.append(changes)
        case .waiting(let reason): if record.status == .queued { record.reason = reason }
        case .status(let status, let time):
            guard !status.isFinal else { return }
            record.status = status
            if status == .running { begin(at: time) }
        case .end(let end):
            record.status = end.status
            record.reason = end.reason
            record.ended = end.time
            record.duration = end.duration
        }
    }

    // MARK: Events

    private mutating func add(_ event: BuildEvent) {
        if let words = event.kind.words { remarks.append(BuildRemark(event.time, words)) }
        switch event.kind {
        case .started:
            record.status = .running
            record.attempts = max(record.attempts, 1)
            begin(at: event.time)
        case .attempt(let attempt):
            if let engine = attempt.engine { record.engine = engine }
            if attempt.what == "the build" { record.attempts = max(record.attempts, attempt.number) }
        case .status(let status): add(status, at: event.time)
        case .notice, .context: break
        case .artifact(let artifact): add(artifact)
        case .finished(.succeeded(let result)):
            record.statistics = result.statistics
            record.engineRef = result.ref.isEmpty ? nil : result.ref
        case .finished(.failed(let failure)): error = failure
        case .finished: break
        }
    }

    private mutating func begin(at time: Timestamp) {
        // What it waited for.
        record.reason = nil
        if record.started == nil { record.started = time }
    }

    private mutating func add(_ artifact: BuildArtifact) {
        artifacts.append(artifact)
        if case .image(let image) = artifact { record.images.append(image) }
    }

    private mutating func add(_ status: SolveStatus, at time: Timestamp) {
        for vertex in status.vertexes { add(vertex) }
        for digest in StepNumbers.beginning(status.vertexes, place: { places[$0] ?? 0 }) { give(place(of: digest)) }
        for counter in status.statuses { traffic.add(counter) }
        for log in status.logs {
            let place = place(of: log.vertex)
            give(place)
            addOutput(Int64(log.data.count), to: place)
        }
        for warning in status.warnings {
            remarks.append(BuildRemark(time, String(decoding: warning.short, as: UTF8.self)))
        }
    }

    // MARK: Steps

    private mutating func add(_ vertex: Vertex) {
        let place = place(of: vertex.digest)
        if !vertex.name.isEmpty { steps[place].name = vertex.name }
        if !vertex.inputs.isEmpty { inputs[place] = vertex.inputs }
        if let started = vertex.started, started != steps[place].started {
            // It runs (again).
            steps[place].started = started
            steps[place].completed = nil
            steps[place].error = ""
            steps[place].isCached = false
        }
        if let completed = vertex.completed { steps[place].completed = completed }
        if vertex.isCached { steps[place].isCached = true }
        if !vertex.error.isEmpty { steps[place].error = vertex.error }
    }

    private mutating func add(_ piece: OutputPiece) {
        let place = numbers[piece.step] ?? place(of: piece.digest)
        give(place, piece.step)
        addOutput(max(piece.length, 0), to: place)
        if case .lost = piece.place { remarks.append(piece.loss(at: piece.time)) }
    }

    private mutating func addOutput(_ count: Int64, to place: Int) {
        steps[place].logSize = steps[place].logSize.clampedAdding(count)
        record.logSize = record.logSize.clampedAdding(count)
    }

    /// Where the step of a digest is.
    private mutating func place(of digest: String) -> Int {
        if let place = places[digest] { return place }
        steps.append(StepRecord(0, digest: digest, name: ""))
        inputs.append([])
        places[digest] = steps.count - 1
        return steps.count - 1
    }

    /// Gives a step that has none yet a number, or else the next one.
    private mutating func give(_ place: Int, _ number: Int? = nil) {
        guard steps[place].number == 0 else { return }
        while numbers[nextNumber] != nil { nextNumber += 1 }
        // Only a broken journal gives a number twice.
        let number = number.flatMap { $0 > 0 && numbers[$0] == nil ? $0 : nil } ?? nextNumber
        steps[place].number = number
        numbers[number] = place
    }

    /// The steps by their numbers; those that never began have the next ones.
    private var numberedSteps: [StepRecord] {
        var numbered = self
        for place in steps.indices { numbered.give(place) }
        for place in steps.indices {
            let needed = inputs[place].compactMap { places[$0].map { numbered.steps[$0].number } }
            numbered.steps[place].inputs = needed
        }
        return numbered.steps.sorted { $0.number < $1.number }
    }
}

/// What is known of a build that has a journal; one that nobody writes and that has no end is `interrupted`.
///
/// - Throws: As `JournalReader` does.
package func snapshot(_ place: HistoryPlace, _ id: BuildID) throws(HistoryError) -> BuildDossier {
    var reader = try JournalReader(place, id, output: .pieces)
    // The look at the writer comes before the last line is read: it may end between the two.
    let isLive = reader.isLive
    var builder = DossierBuilder(reader.submission)
    while let entry = try reader.next() { builder.add(entry) }
    if !builder.hasEnded, !isLive { builder.add(.end(reader.interruption)) }
    return builder.dossier
}
