@_spi(_Unicode) import Swift

extension String {
    /// The text in Unicode's composed form, NFC, which all of HCL's texts have.
    var composed: String {
        guard utf8.contains(where: { $0 >= 0x80 }) else { return self }
        var scalars = UnicodeScalarView()
        scalars.append(contentsOf: _nfc)
        return String(scalars)
    }
}
