import CaissonText

/// The configuration of a kernel: a `.config`, a `defconfig` or a fragment of one.
package struct KernelConfig: Sendable, Hashable {
    /// What a symbol is set to.
    package enum Value: Sendable, Hashable {
        /// Built into the kernel.
        case yes
        /// Built as a module.
        case module
        /// `is not set`, or `n`.
        case no
        /// A number or a string in double quotes, as it stands.
        case text(String)
    }

    /// What the symbols are set to, without `CONFIG_` before their names; of several values the last.
    package var symbols: [String: Value]
    /// The line of its head that names the kernel, such as `Linux/x86 6.1.192 Kernel Configuration`.
    package var title: String?
    /// The lines that are neither comments nor values, by their numbers from 1; at most 100 of them.
    package var strayLines: [Int]

    init(symbols: [String: Value], title: String?, strayLines: [Int]) {
        (self.symbols, self.title, self.strayLines) = (symbols, title, strayLines)
    }

    /// Reads a configuration, or a fragment of one.
    ///
    /// - Throws: What can't be read of it.
    package init(parsing bytes: [UInt8]) throws(ArtifactProblem) { self = try ConfigReader.config(bytes) }

    /// Makes a configuration of nothing but symbols, named without `CONFIG_`.
    package init(of symbols: [String: Value]) {
        self.init(symbols: symbols, title: nil, strayLines: [])
    }

    /// The version of the kernel that the head names, such as `6.1.192`.
    package var version: String? { title?.pieces(at: " ").first { $0.utf8.first?.isDigit == true } }

    /// How many symbols have a value.
    package func count(_ value: Value) -> Int { symbols.values.count { $0 == value } }
}

extension KernelConfig.Value: CustomStringConvertible {
    /// Takes what stands behind `=`.
    package init(_ text: String) {
        self =
            switch text {
            case "y": .yes
            case "m": .module
            case "n": .no
            default: .text(text)
            }
    }

    /// The value as it stands in a file; `n` for one that isn't set.
    package var description: String {
        switch self {
        case .yes: "y"
        case .module: "m"
        case .no: "n"
        case .text(let text): text
        }
    }

    /// Whether it means the same: numbers are compared as such, since the kernel writes them in its own way.
    func isSame(as other: Self) -> Bool {
        guard self != other, case .text(let left) = self, case .text(let right) = other else { return self == other }
        guard let left = Self.number(left), let right = Self.number(right) else { return false }
        return left == right
    }

    private static func number(_ text: String) -> Int64? {
        let isHexadecimal = text.hasPrefix("0x") || text.hasPrefix("0X")
        return isHexadecimal ? Int64(String(text.utf8.dropFirst(2)) ?? "", radix: 16) : Int64(text)
    }
}

/// A symbol that a fragment wants another value for than it got.
package struct ConfigDifference: Sendable, Hashable {
    /// The symbol, without `CONFIG_`.
    package var symbol: String
    /// What the fragment wants.
    package var wanted: KernelConfig.Value
    /// What the configuration has; nil where it doesn't have the symbol.
    package var actual: KernelConfig.Value?

    /// The difference as a problem.
    package var problem: ArtifactProblem {
        let actual = actual.map { $0 == .no ? "is not set" : "is \($0)" } ?? "isn't in the configuration"
        return ArtifactProblem(.wrongSymbol, "CONFIG_\(symbol) \(actual), and \(wanted) is wanted")
    }
}

extension KernelConfig {
    /// What a fragment wants and didn't get, by the names of the symbols in order.
    ///
    /// A symbol that is wanted not to be set needn't be there: those whose conditions don't hold are left out.
    package func differences(from fragment: KernelConfig) -> [ConfigDifference] {
        fragment.symbols.sorted { $0.key < $1.key }.compactMap { symbol, wanted in
            let actual = symbols[symbol]
            guard !(actual ?? .no).isSame(as: wanted) else { return nil }
            return ConfigDifference(symbol: symbol, wanted: wanted, actual: actual)
        }
    }
}
