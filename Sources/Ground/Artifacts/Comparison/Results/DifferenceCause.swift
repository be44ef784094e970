/// Why two builds of the same differ there, as far as it is plain, in the words of what is to be done.
package enum DifferenceCause: String, Sendable, Hashable, CaseIterable, CustomStringConvertible {
    /// When it was built.
    case time
    /// Where it was built.
    case path
    /// Who built it, and on which machine.
    case builder
    /// How often it was built in the same folder.
    case buildNumber = "build-number"
    /// A number that the linker makes of all other bytes.
    case buildID = "build-id"
    /// A number that was drawn by lot.
    case seed
    /// A signature by a key that each build makes anew.
    case signature
    /// Whom a file in an archive belongs to.
    case owner
    /// The permissions of a file in an archive.
    case permissions
    /// What gzip notes of the file that it compressed.
    case gzipHeader = "gzip-header"

    /// What it is and how it is avoided.
    package var description: String {
        switch self {
        case .time: "a time: set SOURCE_DATE_EPOCH and KBUILD_BUILD_TIMESTAMP"
        case .path: "a path: build in the same folder, or with -ffile-prefix-map"
        case .builder: "the builder: set KBUILD_BUILD_USER and KBUILD_BUILD_HOST"
        case .buildNumber: "the number of the build: set KBUILD_BUILD_VERSION"
        case .buildID: "a build id, which follows from other bytes"
        case .seed: "a random seed: keep that of randstruct, or set -frandom-seed"
        case .signature: "a signature: sign by a key that is kept, CONFIG_MODULE_SIG_KEY"
        case .owner: "an owner: pack as the same user, or with --owner=0 --group=0"
        case .permissions: "permissions: build with the same umask"
        case .gzipHeader: "the time or the name in gzip's header: compress with gzip -n"
        }
    }
}
