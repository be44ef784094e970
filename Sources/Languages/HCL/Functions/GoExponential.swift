/// Powers of e as Go computes them on x86-64, bit for bit, so that the texts are those of bake.
///
/// The method is that of Naoki Shibata's SLEEF: a Taylor series of a sixteenth, squared four times.
enum GoExponential {
    private static let ln2High = 0.69314718055966295651160180568695068359375
    private static let ln2Low = 0.28235290563031577122588448175013436025525412068e-12
    private static let series = [
        2.4801587301587301587e-5, 1.9841269841269841270e-4, 1.3888888888888888889e-3, 8.3333333333333333333e-3,
        4.1666666666666666667e-2, 1.6666666666666666667e-1, 0.5, 1.0,
    ]

    static func exponential(_ value: Double) -> Double {
        guard value.isFinite else { return value == -.infinity ? 0 : value }
        if value > 709.782712893384 { return .infinity }
        if value < -750 { return 0 }
        let power = (value * 1.4426950408889634073599246810018920).rounded(.toNearestOrEven)
        var rest = value.addingProduct(-power, ln2High).addingProduct(-power, ln2Low)
        rest *= 0.0625
        var sum = series[0]
        for term in series.dropFirst() { sum = term.addingProduct(sum, rest) }
        // One less than the power, which keeps its last bits while it is squared.
        var result = rest * sum
        for _ in 0..<3 { result *= result + 2 }
        result = 1.0.addingProduct(result + 2, result)
        return Double(sign: .plus, exponent: Int(power), significand: result)
    }
}
