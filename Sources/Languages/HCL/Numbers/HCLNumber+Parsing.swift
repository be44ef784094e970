import BigInt
import CaissonText

extension HCLNumber {
    /// The most digits of a number that is read.
    static let mostDigits = 10_000

    /// Reads a decimal number with the precision of those that are written down, as Go's `big.ParseFloat` does.
    ///
    /// A sign, digits with a point among or beside them, and an exponent of ten (`e`) or of two (`p`); or `Inf`. Nil for
    /// anything else, more than 10,000 digits, and exponents of ten beyond 100,000.
    package init?(parsing text: String) {
        var bytes = Array(text.utf8)[...]
        let isNegative = bytes.first == UInt8(ascii: "-")
        if isNegative || bytes.first == UInt8(ascii: "+") { bytes.removeFirst() }
        if bytes.elementsEqual("Inf".utf8) || bytes.elementsEqual("inf".utf8) {
            self = .infinity(isNegative: isNegative, precision: Self.literalPrecision)
            return
        }
        guard let scanned = DecimalScan(bytes) else { return nil }
        self.init(scanned, isNegative: isNegative)
    }

    private init?(_ scanned: DecimalScan, isNegative: Bool) {
        let bits = Self.literalPrecision
        guard let digits = BigUInt(scanned.digits, radix: 10) else { return nil }
        guard !digits.isZero else {
            self = .zero(isNegative: isNegative, precision: bits)
            return
        }
        let tens = scanned.tens
        let twos = tens + scanned.twos
        guard tens != 0 else {
            self.init(digits, exponent: twos, isNegative: isNegative, precision: bits)
            return
        }
        let exact = HCLNumber(digits, exponent: twos, isNegative: isNegative, precision: max(bits, digits.bitWidth))
        let power = Self.powerOfFive(tens.magnitude, precision: bits + 64)
        let result =
            tens < 0
            ? exact.divided(by: power, precision: bits) : exact.multiplied(by: power, precision: bits)
        guard let result else { return nil }
        self = result
    }

    /// A power of five with so many bits.
    private static func powerOfFive(_ power: UInt, precision: Int) -> HCLNumber {
        let atOnce: UInt = 27
        guard power > atOnce else { return HCLNumber(BigUInt(5).power(Int(power)), precision: precision) }
        var result = HCLNumber(BigUInt(5).power(Int(atOnce)), precision: precision)
        var factor = HCLNumber(5, precision: precision + 64)
        var left = power - atOnce
        while left > 0 {
            if left & 1 == 1 { result = result.multiplied(by: factor, precision: precision) ?? result }
            factor = factor.multiplied(by: factor, precision: precision + 64) ?? factor
            left >>= 1
        }
        return result
    }
}

/// The parts of a decimal number.
private struct DecimalScan {
    /// The digits without the point.
    var digits = ""
    /// The power of ten that they are multiplied with.
    var tens = 0
    /// The power of two.
    var twos = 0

    init?(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        let whole = rest.prefix { $0.isDigit }
        rest = rest.dropFirst(whole.count)
        var fraction = rest.prefix(0)
        if rest.first == UInt8(ascii: ".") {
            fraction = rest.dropFirst().prefix { $0.isDigit }
            rest = rest.dropFirst(1 + fraction.count)
        }
        let count = whole.count + fraction.count
        guard count > 0, count <= HCLNumber.mostDigits else { return nil }
        digits = String(decoding: whole + fraction, as: UTF8.self)
        tens = -fraction.count
        guard let mark = rest.first else { return }
        guard let power = Self.exponent(rest.dropFirst()) else { return nil }
        switch mark {
        case UInt8(ascii: "e"), UInt8(ascii: "E"): tens += power
        case UInt8(ascii: "p"), UInt8(ascii: "P"): twos = power
        default: return nil
        }
    }

    private static func exponent(_ bytes: ArraySlice<UInt8>) -> Int? {
        var rest = bytes
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        guard !rest.isEmpty, rest.allSatisfy(\.isDigit),
            let power = Int(String(decoding: rest, as: UTF8.self)), power <= 100_000
        else { return nil }
        return isNegative ? -power : power
    }
}
