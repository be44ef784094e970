import CaissonCArchive

/// libarchive as a whole: it is loaded when the first archive is opened.
package enum ArchiveLibrary {
    /// Loads libarchive unless it is loaded already; an error says what to install.
    static func load() throws(ArchiveError) {
        guard let reason = carchive_load() else { return }
        throw missing("libarchive.so.13", String(cString: reason))
    }

    /// Tries to load a library of that name as libarchive.
    package static func check(named name: String) throws(ArchiveError) {
        guard let reason = carchive_try_load(name) else { return }
        throw missing(name, String(cString: reason))
    }

    /// libarchive's own message about its last failure with this archive.
    static func reason(_ archive: OpaquePointer) -> String {
        carchive_error(archive).map { String(cString: $0) } ?? "libarchive gives no reason"
    }

    private static func missing(_ name: String, _ reason: String) -> ArchiveError {
        ArchiveError(.libraryMissing, "\(name) couldn't be loaded (\(reason)); install libarchive13")
    }
}
