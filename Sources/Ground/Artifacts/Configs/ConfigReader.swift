import CaissonText

/// Reads kernel configurations.
enum ConfigReader {
    static let largest = 16 << 20
    private static let mostSymbols = 200_000
    private static let mostStrayLines = 100
    private static let prefix = Array("CONFIG_".utf8)
    private static let unset = Array(" is not set".utf8)

    /// Whether a file begins as a configuration: as text with a line of one among its first.
    static func begins(_ head: [UInt8]) -> Bool {
        guard !head.contains(0) else { return false }
        return head.split(separator: 0x0A).prefix(64).contains { line in
            assignment(line) != nil || unsetSymbol(line) != nil || title(line) != nil
        }
    }

    /// Reads a configuration.
    static func config(_ bytes: [UInt8]) throws(ArtifactProblem) -> KernelConfig {
        var config = KernelConfig(symbols: [:], title: nil, strayLines: [])
        for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            take(line.last == 0x0D ? line.dropLast() : line, number: index + 1, &config)
            guard config.symbols.count <= mostSymbols else { throw .tooMany("symbols", mostSymbols) }
        }
        return config
    }

    private static func take(_ line: ArraySlice<UInt8>, number: Int, _ config: inout KernelConfig) {
        if let (symbol, value) = assignment(line) {
            config.symbols[symbol] = KernelConfig.Value(value)
        } else if let symbol = unsetSymbol(line) {
            config.symbols[symbol] = .no
        } else if let title = title(line) {
            if config.title == nil { config.title = title }
        } else if line.first.map({ $0 != UInt8(ascii: "#") }) ?? false, config.strayLines.count < mostStrayLines {
            config.strayLines.append(number)
        }
    }

    private static func assignment(_ line: ArraySlice<UInt8>) -> (symbol: String, value: String)? {
        guard line.starts(with: prefix) else { return nil }
        let name = line.dropFirst(prefix.count).prefix(while: isNamePart)
        let rest = line[name.endIndex...]
        guard !name.isEmpty, rest.first == UInt8(ascii: "=") else { return nil }
        return (String(decoding: name, as: UTF8.self), String(decoding: rest.dropFirst(), as: UTF8.self).trimmed)
    }

    /// The symbol of `# CONFIG_X is not set`.
    private static func unsetSymbol(_ line: ArraySlice<UInt8>) -> String? {
        let beginning = Array("# ".utf8) + prefix
        guard line.starts(with: beginning) else { return nil }
        let name = line.dropFirst(beginning.count).prefix(while: isNamePart)
        guard !name.isEmpty, line[name.endIndex...].starts(with: unset) else { return nil }
        return String(decoding: name, as: UTF8.self)
    }

    /// The text of `# Linux/x86 6.1.192 Kernel Configuration`; of kernels before 3: `# Linux kernel version: 2.6.32`.
    private static func title(_ line: ArraySlice<UInt8>) -> String? {
        guard line.count < 256, line.starts(with: Array("# Linux".utf8)) else { return nil }
        let text = String(decoding: line.dropFirst(2), as: UTF8.self).trimmed
        return text.hasSuffix(" Kernel Configuration") || text.hasPrefix("Linux kernel version: ") ? text : nil
    }

    private static func isNamePart(_ byte: UInt8) -> Bool { byte.isAlphanumeric || byte == UInt8(ascii: "_") }
}
