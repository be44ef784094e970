import Glibc

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
