/// An architecture by the name that TuxMake has for it, with what hangs on it in the results.
package struct TuxMakeArchitecture: Sendable, Hashable {
    /// TuxMake's name, such as `x86_64` or `armhf`.
    package let name: String
    /// The image that is built where none is asked for.
    package let image: String
    /// What the names of cross compilers begin with.
    package let prefix: String
    /// The folder of the build tree that images are in; empty for the tree itself.
    private let folder: String

    /// Takes a name of TuxMake's, or one of the others that it takes; nil for one that it doesn't know.
    package init?(named name: String) {
        let name = Self.otherNames[name] ?? name
        guard let row = Self.rows[name] else { return nil }
        self.name = name
        (image, prefix, folder) = row
    }

    /// Where an image is in the build tree.
    package func path(ofImage image: String) -> String {
        // The one architecture whose target has another name than its file.
        if name == "alpha" { return "arch/alpha/boot/vmlinux.gz" }
        return folder.isEmpty || image == "vmlinux" ? image : "\(folder)/\(image)"
    }

    private static let otherNames = [
        "aarch64": "arm64", "amd64": "x86_64", "arm": "armhf", "armv5": "armel", "armv8l": "armhf", "i686": "i386",
        "s390x": "s390", "sh2": "sh", "sh4": "sh",
    ]

    private typealias Row = (image: String, prefix: String, folder: String)

    private static let rows: [String: Row] = [
        "alpha": ("boot", "alpha-linux-gnu-", "arch/alpha/boot"),
        "arc": ("uImage.gz", "arc-linux-gnu-", "arch/arc/boot"),
        "arm64": ("Image.gz", "aarch64-linux-gnu-", "arch/arm64/boot"),
        "armel": ("zImage", "arm-linux-gnueabi-", "arch/arm/boot"),
        "armhf": ("zImage", "arm-linux-gnueabihf-", "arch/arm/boot"),
        "csky": ("zImage", "csky-linux-gnu-", "arch/csky/boot"),
        "hexagon": ("vmlinux", "hexagon-linux-musl-", ""),
        "i386": ("bzImage", "i686-linux-gnu-", "arch/x86/boot"),
        "loongarch": ("vmlinuz.efi", "loongarch64-linux-gnu-", "arch/loongarch/boot"),
        "m68k": ("vmlinux.gz", "m68k-linux-gnu-", ""),
        "microblaze": ("linux.bin.gz", "microblaze-linux-gnu-", "arch/microblaze/boot"),
        "mips": ("uImage.gz", "mips-linux-gnu-", "arch/mips/boot"),
        "nios2": ("zImage", "nios2-linux-gnu-", "arch/nios2/boot"),
        "openrisc": ("vmlinux.bin", "or1k-linux-", "arch/openrisc/boot"),
        "parisc": ("bzImage", "hppa-linux-gnu-", "arch/parisc/boot"),
        "powerpc": ("zImage", "powerpc64le-linux-gnu-", "arch/powerpc/boot"),
        "riscv": ("Image.gz", "riscv64-linux-gnu-", "arch/riscv/boot"),
        "s390": ("bzImage", "s390x-linux-gnu-", "arch/s390/boot"),
        "sh": ("zImage", "sh4-linux-gnu-", "arch/sh/boot"),
        "sparc": ("zImage", "sparc64-linux-gnu-", "arch/sparc/boot"),
        "um": ("linux", "", ""),
        "x86_64": ("bzImage", "x86_64-linux-gnu-", "arch/x86/boot"),
        "xtensa": ("zImage", "xtensa-linux-gnu-", "arch/xtensa/boot"),
    ]

    /// All names, sorted.
    package static var names: [String] { rows.keys.sorted() }
}
