import BigInt

/// A number of HCL: a binary floating-point number of any size that carries how many bits it was computed with.
///
/// Numbers that are written down have 512 bits, those that functions make of machine numbers 53 or 64; a result has as
/// many as the larger of its operands. It behaves as Go's `big.Float` does, whose texts people see in their builds.
package struct HCLNumber: Sendable {
    /// The precision of numbers that are written down.
    static let literalPrecision = 512
    /// The greatest and least power of two of a finite number that is written as a text; about 6,000 digits.
    static let largestExponent = 20_000

    /// What a number is made of.
    enum Form: Sendable {
        case zero
        case finite
        case infinite
    }

    /// Whether it is below zero; zero has a sign, too.
    let isNegative: Bool
    /// Zero, infinite or neither.
    let form: Form
    /// The digits: an odd number where it is finite, else 0.
    let mantissa: BigUInt
    /// The power of two that the mantissa is multiplied with.
    let exponent: Int
    /// How many bits it may have.
    let precision: Int

    private init(_ isNegative: Bool, _ form: Form, _ mantissa: BigUInt, _ exponent: Int, _ precision: Int) {
        self.isNegative = isNegative
        self.form = form
        self.mantissa = mantissa
        self.exponent = exponent
        self.precision = precision
    }

    /// Rounds to a precision, to the nearest and of two to the even one.
    init(_ mantissa: BigUInt, exponent: Int = 0, isNegative: Bool = false, precision: Int) {
        self = Self.rounding(mantissa, exponent, isNegative, precision: precision, hasRest: false)
    }

    /// The same where `hasRest` says that the number is a bit more than its digits.
    static func rounding(
        _ mantissa: BigUInt,
        _ exponent: Int,
        _ isNegative: Bool,
        precision: Int,
        hasRest: Bool
    ) -> HCLNumber {
        guard !mantissa.isZero else { return zero(isNegative: isNegative, precision: precision) }
        var digits = mantissa
        var power = exponent
        let excess = digits.bitWidth - precision
        if excess > 0 {
            let half = BigUInt(1) << (excess - 1)
            let rest = digits & ((half << 1) - 1)
            digits >>= excess
            power += excess
            let isUp = rest > half || (rest == half && (hasRest || digits & 1 == 1))
            if isUp { digits += 1 }
        }
        let zeros = digits.trailingZeroBitCount
        digits >>= zeros
        power += zeros
        guard power + digits.bitWidth <= Int(Int32.max) else {
            return infinity(isNegative: isNegative, precision: precision)
        }
        guard power + digits.bitWidth >= Int(Int32.min) else {
            return zero(isNegative: isNegative, precision: precision)
        }
        return HCLNumber(isNegative, .finite, digits, power, precision)
    }

    /// Zero.
    static func zero(isNegative: Bool = false, precision: Int) -> HCLNumber {
        HCLNumber(isNegative, .zero, 0, 0, precision)
    }

    /// What is beyond all numbers.
    static func infinity(isNegative: Bool = false, precision: Int) -> HCLNumber {
        HCLNumber(isNegative, .infinite, 0, 0, precision)
    }

    /// A whole number, with 64 bits.
    package init(_ value: Int) {
        self.init(BigUInt(value.magnitude), isNegative: value < 0, precision: 64)
    }

    /// A whole number of any size, with as many bits as it needs and 64 at least.
    init(_ value: BigInt) {
        self.init(
            value.magnitude,
            isNegative: value.sign == .minus,
            precision: max(64, value.magnitude.bitWidth)
        )
    }

    /// A machine number, with 53 bits; nil for what is no number.
    package init?(_ value: Double) {
        guard !value.isNaN else { return nil }
        let isNegative = value.sign == .minus
        if value.isInfinite {
            self = .infinity(isNegative: isNegative, precision: 53)
        } else if value.isZero {
            self = .zero(isNegative: isNegative, precision: 53)
        } else {
            let digits = BigUInt((value.magnitude.significand * 0x1p52).rounded(.towardZero).bitPatternInteger)
            self.init(digits, exponent: Int(value.exponent) - 52, isNegative: isNegative, precision: 53)
        }
    }

    /// The same number with at most so many bits.
    func rounded(to precision: Int) -> HCLNumber {
        switch form {
        case .zero: .zero(isNegative: isNegative, precision: precision)
        case .infinite: .infinity(isNegative: isNegative, precision: precision)
        case .finite: HCLNumber(mantissa, exponent: exponent, isNegative: isNegative, precision: precision)
        }
    }
}

extension Double {
    /// A whole number below 2^53 as an integer.
    fileprivate var bitPatternInteger: UInt64 { UInt64(self) }
}

extension HCLNumber {
    /// Whether it is zero.
    package var isZero: Bool { form == .zero }
    /// About how many bytes its text has.
    var textSize: Int { min(abs(exponent + mantissa.bitWidth) / 3, Self.largestExponent) }
    /// Whether it is infinite.
    package var isInfinite: Bool { form == .infinite }
    /// Whether it has no fraction; what is infinite isn't whole.
    package var isWhole: Bool { form == .zero || (form == .finite && exponent >= 0) }

    /// The whole number that is nearest towards zero; nil where it is infinite or has too many digits.
    var truncated: BigInt? {
        switch form {
        case .zero: return 0
        case .infinite: return nil
        case .finite:
            guard exponent <= Self.largestExponent else { return nil }
            let magnitude = exponent >= 0 ? mantissa << exponent : mantissa >> -exponent
            return BigInt(sign: isNegative ? .minus : .plus, magnitude: magnitude)
        }
    }

    /// The whole number, when it is one that fits.
    package var integer: Int? {
        guard isWhole, form == .zero || exponent + mantissa.bitWidth <= 64 else { return nil }
        return truncated.flatMap { Int(exactly: $0) }
    }

    /// The nearest machine number; infinite where there is none.
    var double: Double {
        switch form {
        case .zero: return isNegative ? -0.0 : 0
        case .infinite: return isNegative ? -Double.infinity : .infinity
        case .finite:
            let top = exponent + mantissa.bitWidth
            // Below the least normal number there are fewer bits.
            let bits = top < -1021 ? 53 - (-1021 - top) : 53
            guard bits >= 0 else { return isNegative ? -0.0 : 0 }
            let near = bits > 0 ? rounded(to: bits) : roundedToTiny
            guard near.form == .finite else { return isNegative ? -0.0 : 0 }
            guard near.exponent + near.mantissa.bitWidth <= 1024 else {
                return isNegative ? -Double.infinity : .infinity
            }
            let magnitude = Double(sign: .plus, exponent: near.exponent, significand: Double(UInt64(near.mantissa)))
            return isNegative ? -magnitude : magnitude
        }
    }

    /// The least machine number or zero, for what is between them.
    private var roundedToTiny: HCLNumber {
        mantissa == 1
            ? .zero(isNegative: isNegative, precision: 53)
            : HCLNumber(1, exponent: -1074, isNegative: isNegative, precision: 53)
    }
}

extension HCLNumber: Hashable {
    /// Whether two numbers are the same, whatever their precision; zero has one value here.
    package static func == (left: HCLNumber, right: HCLNumber) -> Bool {
        guard left.form == right.form else { return false }
        return switch left.form {
        case .zero: true
        case .infinite: left.isNegative == right.isNegative
        case .finite:
            left.isNegative == right.isNegative && left.exponent == right.exponent && left.mantissa == right.mantissa
        }
    }

    /// Feeds what `==` compares.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(form)
        if form != .zero { hasher.combine(isNegative) }
        hasher.combine(exponent)
        hasher.combine(mantissa)
    }
}

extension HCLNumber: Comparable {
    /// Compares two numbers, whatever their precision.
    package static func < (left: HCLNumber, right: HCLNumber) -> Bool {
        guard left != right else { return false }
        if left.sign != right.sign { return left.sign < right.sign }
        return left.sign > 0 ? left.magnitudePrecedes(right) : right.magnitudePrecedes(left)
    }

    /// -1, 0 or 1.
    var sign: Int { form == .zero ? 0 : isNegative ? -1 : 1 }

    private func magnitudePrecedes(_ other: HCLNumber) -> Bool {
        if form == .infinite || other.form == .infinite { return form != .infinite }
        let (top, otherTop) = (exponent + mantissa.bitWidth, other.exponent + other.mantissa.bitWidth)
        if top != otherTop { return top < otherTop }
        let least = min(exponent, other.exponent)
        return mantissa << (exponent - least) < other.mantissa << (other.exponent - least)
    }
}
