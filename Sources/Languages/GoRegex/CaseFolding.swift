/// Letters that differ in their case alone, as Unicode's simple case folding has them and Go's `(?i)`.
enum CaseFolding {
    /// The one of its forms that stands for all of a letter's.
    static func folded(_ scalar: UInt32) -> UInt32 {
        switch scalar {
        case 0x41...0x5A: return scalar + 0x20
        case 0..<0x80: return scalar
        // The Turkish letters fold to nothing else, although they have mappings; the others lose information on the way.
        case 0x130, 0x131: return scalar
        default: break
        }
        guard let upper = single(scalar, \.uppercaseMapping) else { return lower(scalar) }
        return lower(upper)
    }

    /// All forms of a letter, itself first.
    static func forms(of scalar: UInt32) -> [UInt32] {
        let base = folded(scalar)
        guard scalar != base || hasForms(base) else { return [scalar] }
        var all = [scalar, base]
        for form in [single(base, \.uppercaseMapping), single(base, \.titlecaseMapping)] {
            if let form, folded(form) == base { all.append(form) }
        }
        all += rare[base] ?? []
        return all
    }

    /// Whether a letter has another form than itself.
    static func hasForms(_ scalar: UInt32) -> Bool {
        let base = folded(scalar)
        if base != scalar || rare[base] != nil { return true }
        guard let upper = single(base, \.uppercaseMapping) else { return false }
        return upper != base && folded(upper) == base
    }

    private static func lower(_ scalar: UInt32) -> UInt32 { single(scalar, \.lowercaseMapping) ?? scalar }

    /// What a mapping makes of a scalar, where that is one scalar.
    private static func single(
        _ scalar: UInt32,
        _ mapping: KeyPath<Unicode.Scalar.Properties, String>
    ) -> UInt32? {
        guard let value = Unicode.Scalar(scalar) else { return nil }
        let mapped = value.properties[keyPath: mapping].unicodeScalars
        return mapped.count == 1 ? mapped.first?.value : nil
    }

    /// Forms that no mapping leads to from the folded one.
    private static let rare: [UInt32: [UInt32]] = [
        0x6B: [0x212A], 0x73: [0x17F], 0xDF: [0x1E9E], 0xE5: [0x212B], 0x3B2: [0x3D0], 0x3B5: [0x3F5],
        0x3B8: [0x3D1, 0x3F4], 0x3B9: [0x345, 0x1FBE], 0x3BA: [0x3F0], 0x3BC: [0xB5], 0x3C0: [0x3D6], 0x3C1: [0x3F1],
        0x3C3: [0x3C2], 0x3C6: [0x3D5], 0x3C9: [0x2126], 0x432: [0x1C80], 0x434: [0x1C81], 0x43E: [0x1C82],
        0x441: [0x1C83], 0x442: [0x1C84, 0x1C85], 0x44A: [0x1C86], 0x463: [0x1C87], 0x1E61: [0x1E9B],
        0xA64B: [0x1C88],
    ]
}
