import BigInt

extension HCLNumber {
    /// The number with the other sign; zero's changes too.
    var negated: HCLNumber {
        switch form {
        case .zero: .zero(isNegative: !isNegative, precision: precision)
        case .infinite: .infinity(isNegative: !isNegative, precision: precision)
        case .finite: HCLNumber(mantissa, exponent: exponent, isNegative: !isNegative, precision: precision)
        }
    }

    /// The number without its sign.
    var magnitude: HCLNumber { isNegative ? negated : self }

    /// The sum; nil for opposite infinities.
    func adding(_ other: HCLNumber) -> HCLNumber? {
        let bits = max(precision, other.precision)
        if form == .infinite || other.form == .infinite {
            guard form == other.form, isNegative != other.isNegative else {
                return (form == .infinite ? self : other).rounded(to: bits)
            }
            return nil
        }
        if form == .zero && other.form == .zero {
            return .zero(isNegative: isNegative && other.isNegative, precision: bits)
        }
        if form == .zero { return other.rounded(to: bits) }
        if other.form == .zero { return rounded(to: bits) }
        return addingFinite(other, bits)
    }

    private func addingFinite(_ other: HCLNumber, _ bits: Int) -> HCLNumber {
        let (top, otherTop) = (exponent + mantissa.bitWidth, other.exponent + other.mantissa.bitWidth)
        // What lies far below the last bit only tells the direction.
        if abs(top - otherTop) > bits + mantissa.bitWidth + other.mantissa.bitWidth + 2 {
            return (top > otherTop ? self : other).rounded(to: bits, nudgedBy: top > otherTop ? other : self)
        }
        let least = min(exponent, other.exponent)
        let sum = signed(shiftedTo: least) + other.signed(shiftedTo: least)
        return HCLNumber(sum.magnitude, exponent: least, isNegative: sum.sign == .minus, precision: bits)
    }

    private func rounded(to bits: Int, nudgedBy small: HCLNumber) -> HCLNumber {
        let width = bits + mantissa.bitWidth + 2
        let wide = BigInt(sign: isNegative ? .minus : .plus, magnitude: mantissa << width)
        let nudged = wide + (small.isNegative ? -1 : 1)
        return HCLNumber(
            nudged.magnitude,
            exponent: exponent - width,
            isNegative: nudged.sign == .minus,
            precision: bits
        )
    }

    private func signed(shiftedTo least: Int) -> BigInt {
        BigInt(sign: isNegative ? .minus : .plus, magnitude: mantissa << (exponent - least))
    }

    /// The difference; nil for infinity from itself.
    func subtracting(_ other: HCLNumber) -> HCLNumber? { adding(other.negated) }

    /// The product; it gets the bits it needs, up to 512, where its factors have fewer.
    ///
    /// Nil for zero by infinity.
    func multiplied(by other: HCLNumber) -> HCLNumber? {
        guard let product = multiplied(by: other, precision: Self.literalPrecision) else { return nil }
        let bits = max(precision, other.precision, product.mantissa.bitWidth)
        return product.rounded(to: bits)
    }

    /// The product with so many bits.
    func multiplied(by other: HCLNumber, precision bits: Int) -> HCLNumber? {
        let isNegative = isNegative != other.isNegative
        if form == .finite && other.form == .finite {
            return HCLNumber(
                mantissa * other.mantissa,
                exponent: exponent + other.exponent,
                isNegative: isNegative,
                precision: bits
            )
        }
        if form == .infinite || other.form == .infinite {
            return form == .zero || other.form == .zero ? nil : .infinity(isNegative: isNegative, precision: bits)
        }
        return .zero(isNegative: isNegative, precision: bits)
    }

    /// The quotient; nil for zero by zero and infinity by infinity.
    func divided(by other: HCLNumber) -> HCLNumber? {
        divided(by: other, precision: max(precision, other.precision))
    }

    /// The quotient with so many bits.
    func divided(by other: HCLNumber, precision bits: Int) -> HCLNumber? {
        let isNegative = isNegative != other.isNegative
        guard form == .finite, other.form == .finite else {
            guard form != other.form else { return nil }
            return form == .zero || other.form == .infinite
                ? .zero(isNegative: isNegative, precision: bits)
                : .infinity(isNegative: isNegative, precision: bits)
        }
        // Two bits more than are kept; what is left over is known by the rest.
        let shift = max(0, bits + 2 + other.mantissa.bitWidth - mantissa.bitWidth)
        let (quotient, rest) = (mantissa << shift).quotientAndRemainder(dividingBy: other.mantissa)
        return .rounding(
            rest.isZero ? quotient : quotient << 1 | 1,
            exponent - other.exponent - shift - (rest.isZero ? 0 : 1),
            isNegative,
            precision: bits,
            hasRest: !rest.isZero
        )
    }

    /// The rest of a division towards zero, computed with the precision that a division has; nil where one is infinite.
    func remainder(dividingBy other: HCLNumber) -> HCLNumber? {
        guard !isInfinite, !other.isInfinite else { return nil }
        if other.isZero { return self }
        guard let quotient = divided(by: other)?.truncated else { return nil }
        let whole = HCLNumber(
            quotient.magnitude,
            isNegative: quotient.sign == .minus,
            precision: precision
        )
        guard let product = other.multiplied(by: whole, precision: precision) else { return nil }
        return adding(product.negated)?.rounded(to: precision)
    }

    /// The nearest whole number towards zero.
    var withoutFraction: HCLNumber? {
        if isWhole { return self }
        return truncated.map { HCLNumber($0) }
    }

    /// The nearest whole number that isn't less (`up`) or greater.
    func roundedToWhole(up: Bool) -> HCLNumber? {
        if isInfinite { return self }
        guard let whole = truncated else { return isWhole ? self : nil }
        let isMoved = !isWhole && isNegative != up
        let result = isMoved ? whole + (up ? 1 : -1) : whole
        return HCLNumber(result.magnitude, isNegative: result.sign == .minus, precision: precision)
    }
}
