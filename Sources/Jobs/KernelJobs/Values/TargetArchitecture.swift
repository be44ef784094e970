package import CaissonArtifacts
import Glibc

/// An architecture that the kernel is built for, with what follows from it.
///
/// The names are those of the kernel's `ARCH`; cross compilers are called as Debian calls them.
package struct TargetArchitecture: Sendable, Hashable {
    /// The name, as `ARCH=` has it.
    package let name: String
    /// The folder below `arch/`.
    package let sourceFolder: String
    /// What Debian's compilers for it begin with.
    package let crossPrefix: String
    /// The kernel's image that is made where none is named.
    package let image: String
    /// The same by the name that its artifacts tell.
    package var artifacts: KernelArchitecture? { KernelArchitecture(named: name) }
    /// The platform of containers that run on it.
    package let platform: String
    /// Whether it describes boards by device trees.
    package let hasDeviceTrees: Bool

    private init(
        _ name: String,
        in folder: String,
        _ crossPrefix: String,
        image: String,
        platform: String,
        deviceTrees: Bool
    ) {
        (self.name, sourceFolder, self.crossPrefix, self.image) = (name, folder, crossPrefix, image)
        (self.platform, hasDeviceTrees) = (platform, deviceTrees)
    }

    /// All that are known.
    package static let all: [TargetArchitecture] = [
        TargetArchitecture(
            "x86_64",
            in: "x86",
            "x86_64-linux-gnu-",
            image: "bzImage",
            platform: "linux/amd64",
            deviceTrees: false
        ),
        TargetArchitecture(
            "i386",
            in: "x86",
            "i686-linux-gnu-",
            image: "bzImage",
            platform: "linux/386",
            deviceTrees: false
        ),
        TargetArchitecture(
            "arm64",
            in: "arm64",
            "aarch64-linux-gnu-",
            image: "Image.gz",
            platform: "linux/arm64",
            deviceTrees: true
        ),
        TargetArchitecture(
            "arm",
            in: "arm",
            "arm-linux-gnueabihf-",
            image: "zImage",
            platform: "linux/arm/v7",
            deviceTrees: true
        ),
        TargetArchitecture(
            "riscv",
            in: "riscv",
            "riscv64-linux-gnu-",
            image: "Image.gz",
            platform: "linux/riscv64",
            deviceTrees: true
        ),
        TargetArchitecture(
            "powerpc",
            in: "powerpc",
            "powerpc64le-linux-gnu-",
            image: "zImage",
            platform: "linux/ppc64le",
            deviceTrees: true
        ),
        TargetArchitecture(
            "s390",
            in: "s390",
            "s390x-linux-gnu-",
            image: "bzImage",
            platform: "linux/s390x",
            deviceTrees: false
        ),
        TargetArchitecture(
            "mips",
            in: "mips",
            "mips-linux-gnu-",
            image: "uImage.gz",
            platform: "linux/mips",
            deviceTrees: true
        ),
        TargetArchitecture(
            "loongarch",
            in: "loongarch",
            "loongarch64-linux-gnu-",
            image: "vmlinux.efi",
            platform: "linux/loong64",
            deviceTrees: true
        ),
    ]

    /// Other names of them: what containers, Debian and the machines themselves say.
    private static let aliases = [
        "amd64": "x86_64", "x86": "x86_64", "x86-64": "x86_64", "386": "i386", "i686": "i386", "aarch64": "arm64",
        "armhf": "arm", "armv7": "arm", "armv7l": "arm", "riscv64": "riscv", "ppc64le": "powerpc", "ppc64el": "powerpc",
        "powerpc64le": "powerpc", "s390x": "s390", "loongarch64": "loongarch", "loong64": "loongarch",
    ]

    /// Every name that is understood.
    package static let names = all.map(\.name) + aliases.keys.sorted()

    /// The architecture of a name; nil where none is known by it.
    package init?(_ name: String) {
        let name = Self.aliases[name] ?? name
        guard let known = Self.all.first(where: { $0.name == name }) else { return nil }
        self = known
    }

    /// The architecture of this machine.
    package static var ofThisMachine: TargetArchitecture {
        var name = utsname()
        uname(&name)
        let machine = withUnsafeBytes(of: &name.machine) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return TargetArchitecture(machine) ?? all[0]
    }

    /// The architecture of machines that run containers of a platform.
    package init?(platform: String) {
        guard let known = Self.all.first(where: { platform == $0.platform || platform.hasPrefix($0.platform + "/") })
        else {
            return nil
        }
        self = known
    }
}
