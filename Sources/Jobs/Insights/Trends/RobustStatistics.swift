import Glibc

/// Measures that a few odd values don't spoil.
enum RobustStatistics {
    /// The middle of values that are in order; 0 of none.
    static func median(sorted values: [Double]) -> Double {
        guard let last = values.last else { return 0 }
        let middle = values.count / 2
        guard values.count > 1 else { return last }
        return values.count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2
    }

    /// The middle of values; 0 of none.
    static func median(_ values: some Sequence<Double>) -> Double { median(sorted: values.sorted()) }

    /// The standard deviation that normal values of the same median deviation from 0 would have.
    static func deviation(_ residuals: [Double]) -> Double { 1.4826 * median(residuals.lazy.map(abs)) }

    /// The logarithm of the chance that a standard normal value is above this one.
    static func logTail(_ z: Double) -> Double {
        guard z < 30 else { return -z * z / 2 - log(z * 2.5066) }
        return log(0.5 * erfc(z / 2.0.squareRoot()))
    }

    /// The normal value that is as unlikely as a value of Student's t; by Wallace's approximation.
    static func normal(ofStudent t: Double, freedom: Double) -> Double {
        (8 * freedom + 1) / (8 * freedom + 3) * (freedom * log1p(t * t / freedom)).squareRoot()
    }

    /// The logarithm of the number of ways to choose some of a number of things.
    static func logChoices(_ chosen: Int, of count: Int) -> Double {
        let few = min(chosen, count - chosen)
        guard few > 0 else { return 0 }
        return (1...few).reduce(0) { $0 + log(Double(count - few + $1) / Double($1)) }
    }
}
