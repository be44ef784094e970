/// Natural logarithms as Go computes them, bit for bit, so that the texts are those of bake.
///
/// The series is that of FreeBSD's `e_log.c`, which Go has as well.
enum GoLogarithm {
    private static let high = 6.93147180369123816490e-01
    private static let low = 1.90821492927058770002e-10
    private static let even = [3.999999999940941908e-01, 2.222219843214978396e-01, 1.531383769920937332e-01]
    private static let odd = [
        6.666666666666735130e-01, 2.857142874366239149e-01, 1.818357216161805012e-01, 1.479819860511658591e-01,
    ]

    static func logarithm(_ value: Double) -> Double {
        guard value.isFinite, value > 0 else {
            return value == 0 ? -.infinity : value < 0 ? .nan : value
        }
        // A fraction between the square root of a half and that of two, and a power of two.
        var fraction = value.significand / 2
        var power = Double(value.exponent + 1)
        if fraction < 0.5.squareRoot() {
            fraction *= 2
            power -= 1
        }
        let rest = fraction - 1
        let s = rest / (2 + rest)
        let square = s * s
        let fourth = square * square
        let first = square * (odd[0] + fourth * (odd[1] + fourth * (odd[2] + fourth * odd[3])))
        let second = fourth * (even[0] + fourth * (even[1] + fourth * even[2]))
        let half = 0.5 * rest * rest
        return power * high - ((half - (s * (half + (first + second)) + power * low)) - rest)
    }
}
