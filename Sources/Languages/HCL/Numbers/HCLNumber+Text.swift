import BigInt

extension HCLNumber {
    /// How digits are laid out.
    enum Layout: Sendable {
        /// Never with an exponent.
        case plain
        /// Always with one.
        case exponent
        /// With one where the number is very large or small.
        case general
    }

    /// The shortest text that means this number at its precision, without an exponent; nil for more than 6,000 digits.
    package var text: String? { smallWholeText ?? text(.plain) }

    /// The text of a whole number of less than 64 bits, which nearly all numbers in files are.
    ///
    /// Where its precision reaches down to the ones, no shorter text means the same number.
    private var smallWholeText: String? {
        guard form == .finite, exponent >= 0 else { return nil }
        let bits = exponent + mantissa.bitWidth
        guard bits <= min(precision, 63) else { return nil }
        let magnitude = Int(mantissa << exponent)
        return String(isNegative ? -magnitude : magnitude)
    }

    /// The text in a layout: the shortest where no number of digits is given.
    ///
    /// Nil for more than 6,000 digits.
    func text(_ layout: Layout, digits: Int? = nil) -> String? {
        let sign = isNegative ? "-" : ""
        switch form {
        case .infinite: return isNegative ? "-Inf" : "+Inf"
        case .finite where abs(exponent + mantissa.bitWidth) > Self.largestExponent: return nil
        case .zero, .finite: break
        }
        var decimal = Decimal(mantissa, exponent)
        let isShortest = digits == nil
        if isShortest { decimal.shorten(mantissa, exponent, precision) }
        var places = digits ?? 0
        switch layout {
        case .plain:
            if isShortest {
                places = max(decimal.digits.count - decimal.point, 0)
            } else {
                decimal.round(to: decimal.point + places)
            }
            return sign + decimal.plain(places)
        case .exponent:
            if isShortest { places = max(decimal.digits.count - 1, 0) } else { decimal.round(to: 1 + places) }
            return sign + decimal.withExponent(places)
        case .general:
            if isShortest {
                places = decimal.digits.count
            } else {
                places = max(places, 1)
                decimal.round(to: places)
            }
            return sign + decimal.general(places, isShortest: isShortest)
        }
    }
}

/// Decimal digits, exact or rounded: 0.digits × 10^point.
private struct Decimal {
    /// The digits, 0 to 9, without zeros at the end.
    var digits: [UInt8]
    /// How many of them stand before the point; below zero where zeros follow it.
    var point: Int

    /// The exact digits of a mantissa × 2^exponent.
    init(_ mantissa: BigUInt, _ exponent: Int) {
        guard !mantissa.isZero else {
            (digits, point) = ([], 0)
            return
        }
        let whole = exponent >= 0 ? mantissa << exponent : mantissa * BigUInt(5).power(-exponent)
        digits = Array(String(whole).utf8).map { $0 - 0x30 }
        point = digits.count + min(exponent, 0)
        trim()
    }

    private mutating func trim() {
        while digits.last == 0 { digits.removeLast() }
        if digits.isEmpty { point = 0 }
    }

    private func digit(_ index: Int) -> UInt8 { digits.indices.contains(index) ? digits[index] : 0 }

    /// Keeps the fewest digits that still mean the same number of so many bits.
    mutating func shorten(_ mantissa: BigUInt, _ exponent: Int, _ precision: Int) {
        guard !digits.isEmpty else { return }
        // The last bit is worth half of the last place.
        let shift = precision + 1 - mantissa.bitWidth
        let wide = shift >= 0 ? mantissa << shift : mantissa >> -shift
        let lower = Decimal(wide - 1, exponent - shift)
        let upper = Decimal(wide + 1, exponent - shift)
        let isInclusive = (wide >> 1) & 1 == 0
        for index in digits.indices {
            let (low, middle, high) = (lower.digit(index), digit(index), upper.digit(index))
            let mayGoDown = low != middle || (isInclusive && index + 1 == lower.digits.count)
            let mayGoUp =
                middle != high && (isInclusive || middle + 1 < high || index + 1 < upper.digits.count)
            if mayGoDown && mayGoUp { return round(to: index + 1) }
            if mayGoDown { return cut(to: index + 1) }
            if mayGoUp { return roundUp(to: index + 1) }
        }
    }

    /// Keeps so many digits, rounding half to even.
    mutating func round(to count: Int) {
        guard count >= 0, count < digits.count else { return count < 0 ? clear() : () }
        let isHalf = digits[count] == 5 && count + 1 == digits.count
        let isUp = isHalf ? count > 0 && digits[count - 1] % 2 == 1 : digits[count] >= 5
        if isUp { roundUp(to: count) } else { cut(to: count) }
    }

    private mutating func clear() { (digits, point) = ([], 0) }

    private mutating func cut(to count: Int) {
        guard count >= 0, count < digits.count else { return }
        digits.removeLast(digits.count - count)
        trim()
    }

    private mutating func roundUp(to count: Int) {
        guard count >= 0, count < digits.count else { return }
        var count = count
        while count > 0, digits[count - 1] == 9 { count -= 1 }
        if count == 0 {
            digits = [1]
            point += 1
        } else {
            digits.removeLast(digits.count - count)
            digits[count - 1] += 1
        }
    }

    /// `123.45`, with so many places after the point.
    func plain(_ places: Int) -> String {
        var out: [UInt8] = []
        for index in 0..<max(point, 1) { out.append(0x30 + (point > 0 ? digit(index) : 0)) }
        guard places > 0 else { return String(decoding: out, as: UTF8.self) }
        out.append(UInt8(ascii: "."))
        for place in 0..<places { out.append(0x30 + digit(point + place)) }
        return String(decoding: out, as: UTF8.self)
    }

    /// `1.2345e+02`, with so many places after the point.
    func withExponent(_ places: Int) -> String {
        var out: [UInt8] = [0x30 + digit(0)]
        if places > 0 {
            out.append(UInt8(ascii: "."))
            for place in 1...places { out.append(0x30 + digit(place)) }
        }
        let power = digits.isEmpty ? 0 : point - 1
        let magnitude = String(abs(power))
        let padded = magnitude.utf8.count < 2 ? "0" + magnitude : magnitude
        return String(decoding: out, as: UTF8.self) + "e" + (power < 0 ? "-" : "+") + padded
    }

    /// One or the other, by the size of the number.
    func general(_ places: Int, isShortest: Bool) -> String {
        var limit = places
        if limit > digits.count && digits.count >= point { limit = digits.count }
        if isShortest { limit = 6 }
        let power = point - 1
        if power < -4 || power >= limit {
            return withExponent(isShortest ? max(digits.count - 1, 0) : min(places, digits.count) - 1)
        }
        return plain(max(digits.count - point, 0))
    }
}
