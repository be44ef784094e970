/// The machine that an ELF file is for: `e_machine`.
package struct ELFMachine: Sendable, Hashable, CustomStringConvertible {
    /// The number, as in `linux/elf-em.h`.
    package let number: UInt16

    /// Takes a number.
    package init(_ number: UInt16) { self.number = number }

    /// What the field calls it, such as `x86-64`; `machine 4660` for one that isn't known here.
    package var name: String { Self.names[number] ?? "machine \(number)" }

    /// The name.
    package var description: String { name }

    /// The names that `file` and the distributions use, by the numbers of `linux/elf-em.h`.
    private static let names: [UInt16: String] = [
        0: "none", 2: "sparc", 3: "i386", 4: "m68k", 8: "mips", 15: "parisc", 18: "sparc32plus", 20: "ppc", 21: "ppc64",
        22: "s390", 40: "arm", 42: "sh", 43: "sparcv9", 50: "ia64", 62: "x86-64", 76: "cris", 92: "openrisc",
        93: "arc", 94: "xtensa", 113: "nios2", 164: "hexagon", 183: "aarch64", 189: "microblaze", 195: "arcv2",
        243: "riscv", 247: "bpf", 252: "csky", 258: "loongarch", 0x9026: "alpha",
    ]
}
