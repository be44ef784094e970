/// Courses that are fitted to values by least squares, one after the other made independent of those before it.
struct Regressor {
    /// The courses, independent of each other and of a constant.
    private var courses: [(values: [Double], squares: Double)] = []
    /// What is left of the values.
    private(set) var rest: [Double]

    /// Begins with values less their mean.
    init(_ values: some Collection<Double>) { rest = Self.centred(values) }

    /// The squares of what is left.
    var squares: Double { rest.reduce(0) { $0 + $1 * $1 } }

    /// Fits a further course.
    ///
    /// - Returns: How high the course is in the values, and the squares of what is its own; nil where it has nothing of
    ///   its own, as others are like it.
    @discardableResult
    mutating func fit(_ course: some Collection<Double>) -> (height: Double, squares: Double)? {
        guard course.count == rest.count else { return nil }
        var own = Self.centred(course)
        let whole = own.reduce(0) { $0 + $1 * $1 }
        for other in courses { Self.remove(other.values, other.squares, from: &own) }
        let squares = own.reduce(0) { $0 + $1 * $1 }
        guard squares > 1e-6, squares > 0.02 * whole else { return nil }
        let height = Self.remove(own, squares, from: &rest)
        courses.append((own, squares))
        return (height, squares)
    }

    private static func centred(_ values: some Collection<Double>) -> [Double] {
        let mean = values.reduce(0, +) / Double(max(1, values.count))
        return values.map { $0 - mean }
    }

    @discardableResult
    private static func remove(_ course: [Double], _ squares: Double, from values: inout [Double]) -> Double {
        let height = zip(course, values).reduce(0) { $0 + $1.0 * $1.1 } / squares
        for index in values.indices { values[index] -= height * course[index] }
        return height
    }
}
