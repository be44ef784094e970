import Glibc

/// The directory that all of Caisson's state lies in, never in a build context.
package enum StateDirectory {
    /// The state directory that the environment says: `CAISSON_HOME`, else the user's usual place.
    package static func path(
        variables: [String: String],
        home: String,
        userID: UInt32
    ) throws(SystemError) -> String {
        if let named = variables["CAISSON_HOME"], !named.isEmpty {
            guard named.hasPrefix("/"), !named.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) else {
                throw SystemError(
                    .badValue,
                    "CAISSON_HOME is “\(named)”; make it an absolute path without control characters"
                )
            }
            return named
        }
        if userID == 0 { return "/var/lib/caisson" }
        if let state = variables["XDG_STATE_HOME"], state.hasPrefix("/") { return state + "/caisson" }
        return home + "/.local/state/caisson"
    }

    /// Makes the directory where it is missing, checks that it is the user's own, and returns its path without links.
    package static func prepare(_ directory: String, userID: UInt32) throws(SystemError) -> String {
        try makeAll(directory)
        guard let resolved = realpath(directory, nil) else { throw refusal(directory, errno) }
        defer { free(resolved) }
        let path = String(cString: resolved)
        try check(path, userID: userID, forbidden: 0o022)
        return path
    }

    /// Makes a directory that only its owner may enter, or checks that the one that is there is such.
    package static func prepareOwn(_ path: String, userID: UInt32) throws(SystemError) {
        if mkdir(path, 0o700) != 0, errno != EEXIST { throw refusal(path, errno) }
        try check(path, userID: userID, forbidden: 0o077)
    }

    private static func makeAll(_ directory: String) throws(SystemError) {
        var path = ""
        let parts = directory.split(separator: "/")
        for (index, part) in parts.enumerated() {
            path += "/" + part
            let mode: mode_t = index == parts.count - 1 ? 0o700 : 0o755
            guard mkdir(path, mode) != 0 else { continue }
            let code = errno
            var status = stat()
            // A read-only parent answers EROFS or EACCES for what exists already.
            guard code == EEXIST || stat(path, &status) == 0 else { throw refusal(path, code) }
        }
    }

    private static func check(_ path: String, userID: UInt32, forbidden: mode_t) throws(SystemError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { throw refusal(path, errno) }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw SystemError(.permission, "\(path) is not a directory; move it away or set CAISSON_HOME")
        }
        guard status.st_uid == userID else {
            throw SystemError(
                .permission,
                "\(path) belongs to user \(status.st_uid), not to you (\(userID)); set CAISSON_HOME"
            )
        }
        guard status.st_mode & forbidden == 0 else {
            let mode = forbidden == 0o022 ? "go-w" : "go-rwx"
            throw SystemError(.permission, "other users may enter or change \(path); run “chmod \(mode) \(path)”")
        }
    }

    private static func refusal(_ path: String, _ code: Int32) -> SystemError {
        SystemError(errno: code, "the state directory \(path) can't be used", advice: "set CAISSON_HOME")
    }
}
