/// The same figure of two builds, side by side.
package struct ComparedPair<Value: Sendable & Hashable>: Sendable, Hashable {
    /// That of the first build.
    package var first: Value
    /// That of the second.
    package var second: Value

    /// Makes a pair.
    package init(_ first: Value, _ second: Value) {
        self.first = first
        self.second = second
    }

    /// Whether both are the same.
    package var isEqual: Bool { first == second }
}

extension ComparedPair where Value == Duration? {
    /// How much longer the second is, negative where it is shorter; nil where one isn't known.
    package var growth: Duration? {
        guard let first, let second else { return nil }
        return second - first
    }
}
