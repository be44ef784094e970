import CaissonBuildModel

/// The numbers that people know steps by: in the order in which steps begin, as in what is shown of a build that runs.
///
/// Of those that begin in one status the ended ones come first, by the time that they ended at, as the plain display
/// prints these first: so a step comes behind those that it needs, in whatever order an engine tells them. Where steps
/// run side by side, the display numbers a step when it is its turn to be printed, which may be later.
struct StepNumbers: Sendable {
    /// Steps in the order in which they were first told of.
    private var places: [String: Int] = [:]
    private var numbers: [String: Int] = [:]

    /// The number of a step; nil where it hasn't begun.
    func number(of digest: String) -> Int? { numbers[digest] }

    /// Gives a step that begins, or prints, the next number; nil where it has one.
    mutating func add(_ digest: String) -> Int? {
        guard numbers[digest] == nil else { return nil }
        numbers[digest] = numbers.count + 1
        return numbers.count
    }

    /// Takes steps as they stand, and gives those that begin their numbers.
    mutating func add(_ vertexes: [Vertex]) -> [(number: Int, digest: String)] {
        for vertex in vertexes where places[vertex.digest] == nil { places[vertex.digest] = places.count }
        return Self.beginning(vertexes) { places[$0] ?? 0 }
            .compactMap { digest in add(digest).map { ($0, digest) } }
    }

    /// The steps of a status that have begun, in the order in which they get their numbers.
    ///
    /// - Parameter place: The place of a step in the order in which steps were first told of.
    static func beginning(_ vertexes: [Vertex], place: (String) -> Int) -> [String] {
        let begun = vertexes.filter { $0.started != nil }
        guard begun.count > 1 else { return begun.map(\.digest) }
        return begun.map { ($0, place($0.digest)) }.sorted { a, b in
            switch (a.0.completed, b.0.completed) {
            case (let x?, let y?) where x != y: x < y
            case (_?, nil): true
            case (nil, _?): false
            default: a.1 < b.1
            }
        }.map(\.0.digest)
    }
}
