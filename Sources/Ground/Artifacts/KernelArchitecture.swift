/// An architecture of the kernel, by the name that its build calls it.
package enum KernelArchitecture: String, Sendable, Hashable, CaseIterable {
    /// x86 with 64 bits.
    case x86_64
    /// x86 with 32 bits.
    case i386
    /// ARM with 64 bits.
    case arm64
    /// ARM with 32 bits.
    case arm
    /// RISC-V.
    case riscv
    /// POWER and PowerPC.
    case powerpc
    /// IBM Z.
    case s390
    /// MIPS.
    case mips
    /// LoongArch.
    case loongarch
    /// SPARC.
    case sparc
    /// Alpha.
    case alpha
    /// PA-RISC.
    case parisc
    /// The 68000 and its successors.
    case m68k

    /// The architecture of a name that the kernel, Debian, or `uname` uses for it; nil for one that isn't known here.
    package init?(named name: String) {
        guard let found = Self.allCases.first(where: { $0.rawValue == name || $0.otherNames.contains(name) }) else {
            return nil
        }
        self = found
    }

    /// The other names that kernels, Debian and `uname` use.
    package var otherNames: [String] {
        switch self {
        case .x86_64: ["amd64", "x86-64"]
        case .i386: ["i486", "i586", "i686", "x86"]
        case .arm64: ["aarch64"]
        case .arm: ["armhf", "armel", "armv6l", "armv7l"]
        case .riscv: ["riscv64", "riscv32"]
        case .powerpc: ["ppc", "ppc64", "ppc64el", "ppc64le"]
        case .s390: ["s390x"]
        case .mips: ["mipsel", "mips64", "mips64el", "mips64r6el"]
        case .loongarch: ["loong64", "loongarch64"]
        case .sparc: ["sparc64"]
        case .alpha, .m68k: []
        case .parisc: ["hppa", "parisc64"]
        }
    }

    /// The machines that its ELF files are for.
    package var machines: [ELFMachine] {
        let numbers: [UInt16] =
            switch self {
            case .x86_64: [62]
            case .i386: [3]
            case .arm64: [183]
            case .arm: [40]
            case .riscv: [243]
            case .powerpc: [20, 21]
            case .s390: [22]
            case .mips: [8]
            case .loongarch: [258]
            case .sparc: [2, 18, 43]
            case .alpha: [0x9026]
            case .parisc: [15]
            case .m68k: [4]
            }
        return numbers.map { ELFMachine($0) }
    }

    /// Whether its ELF files are of this class: true for 64 bits, false for 32, nil where both are.
    package var is64Bit: Bool? {
        switch self {
        case .x86_64, .arm64, .alpha: true
        case .i386, .arm, .m68k: false
        default: nil
        }
    }

    /// The architecture that a machine belongs to; nil for one that isn't known here.
    package init?(_ machine: ELFMachine) {
        guard let found = Self.allCases.first(where: { $0.machines.contains(machine) }) else { return nil }
        self = found
    }
}
