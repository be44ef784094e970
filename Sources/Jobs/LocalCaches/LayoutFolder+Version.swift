import CaissonJSON
import CaissonSystem
import CaissonText

extension LayoutFolder {
    /// Refuses a folder whose `oci-layout` tells another version than 1 (`ImageLayoutVersion` of the OCI image
    /// specification is 1.0.0), and one without an index.
    func checkVersion() throws(LocalCacheError) {
        let file = PathFacts.join(path, "oci-layout")
        if let version = try layoutVersion(file), version != "1", !version.hasPrefix("1.") {
            throw LocalCacheError(
                .notLayout,
                "\(file.quoted) tells the version \(version.quoted); only version 1 is known; nothing was touched"
            )
        }
        _ = try index()
    }

    /// The version that the file tells, empty where it has none; nil where there is no file.
    private func layoutVersion(_ file: String) throws(LocalCacheError) -> String? {
        do {
            let bytes = try Self.read("oci-layout", under: root.raw, limit: 4096).bytes
            return (try? JSON(parsing: bytes))?["imageLayoutVersion"]?.string ?? ""
        } catch {
            switch error {
            case .missing: return nil
            case .notRegular, .tooLarge:
                throw LocalCacheError(.notLayout, "\(file.quoted) is no file that tells a version; nothing was touched")
            case .system(let number): throw .failed("read", file, number)
            }
        }
    }
}
