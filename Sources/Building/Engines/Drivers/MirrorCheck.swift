import CaissonText
import CaissonBuildModel
import Glibc

extension BuildRequest {
    /// Refuses a directory to delete from that has the build's own files in it, or everything.
    func checkMirrors() throws(BuildError) {
        for export in exports where export.isMirror {
            guard let path = export.path, let target = BuildRequest.realPath(path) else { continue }
            guard target != "/" else {
                throw BuildError(.usage, "mode=delete would remove all files of this machine; choose a dest below /")
            }
            for source in sources {
                guard let source = BuildRequest.realPath(source) else { continue }
                guard source == target || source.hasPrefix(target + "/") else { continue }
                throw BuildError(
                    .usage,
                    "mode=delete would remove \(source.quoted), which this build is made from, along with the rest of "
                        + "\(path.quoted); choose another dest"
                )
            }
        }
    }

    /// The directories and files here that the build reads.
    private var sources: [String] {
        var paths = ["."]
        if case .directory(let path) = context { paths.append(path) }
        if case .file(let path) = dockerfile { paths.append(path) }
        for case .directory(let path) in contexts.values { paths.append(path) }
        return paths
    }

    /// The path without links; nil where nothing is there.
    private static func realPath(_ path: String) -> String? {
        guard let found = realpath(path.cPath, nil) else { return nil }
        defer { free(found) }
        return String(cPath: found)
    }
}
