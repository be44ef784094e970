extension String {
    /// Whether the text has ASCII upper-case letters.
    package var hasUppercaseASCII: Bool { utf8.contains { (0x41...0x5A).contains($0) } }

    /// Whether the text has a byte that is a control character or a blank.
    package var hasBlankOrControl: Bool { utf8.contains { $0 <= 0x20 || $0 == 0x7F } }
}

extension UInt8 {
    /// Whether it is one of `0-9`.
    package var isDigit: Bool { (0x30...0x39).contains(self) }
    /// Whether it is one of `a-z`.
    package var isLowercase: Bool { (0x61...0x7A).contains(self) }
    /// Whether it is one of `A-Z`.
    package var isUppercase: Bool { (0x41...0x5A).contains(self) }
    /// Whether it is one of `a-zA-Z0-9`.
    package var isAlphanumeric: Bool { isDigit || isLowercase || isUppercase }
    /// Whether it is one of `0-9a-fA-F`.
    package var isHexDigit: Bool { isDigit || (0x61...0x66).contains(self) || (0x41...0x46).contains(self) }
}
