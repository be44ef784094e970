import Glibc

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

/// Powers of machine numbers as Go computes them, bit for bit: by squaring, so that the texts are those of bake.
enum GoPower {
    static func power(_ base: Double, _ power: Double) -> Double {
        if power == 0 || base == 1 { return 1 }
        if power == 1 { return base }
        if power == 0.5 && base.isFinite && base != 0 { return base.squareRoot() }
        if power == -0.5 && base.isFinite && base != 0 { return 1 / base.squareRoot() }
        guard base != 0, base.isFinite, power.isFinite else { return pow(base, power) }
        var whole = power.magnitude.rounded(.towardZero)
        var fraction = power.magnitude - whole
        if fraction != 0 && base < 0 { return .nan }
        if whole >= 0x1p63 { return pow(base, power) }
        var (digits, exponent) = (1.0, 0)
        if fraction != 0 {
            if fraction > 0.5 {
                fraction -= 1
                whole += 1
            }
            digits = GoExponential.exponential(fraction * GoLogarithm.logarithm(base))
        }
        square(base, Int64(whole), &digits, &exponent)
        if power < 0 {
            digits = 1 / digits
            exponent = -exponent
        }
        return scalbn(digits, Int32(clamping: exponent))
    }

    /// Multiplies with a whole power.
    private static func square(_ base: Double, _ power: Int64, _ digits: inout Double, _ exponent: inout Int) {
        var (factor, factorExponent) = (base.significand / 2, Int(base.exponent) + 1)
        if base < 0 { factor = -factor }
        var left = power
        while left != 0 {
            if abs(factorExponent) > 1 << 12 {
                exponent += factorExponent
                break
            }
            if left & 1 == 1 {
                digits *= factor
                exponent += factorExponent
            }
            factor *= factor
            factorExponent <<= 1
            if factor < 0.5 {
                factor += factor
                factorExponent -= 1
            }
            left >>= 1
        }
    }
}
